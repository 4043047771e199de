"""The rungs that are fast: blocks that fit the cache, scratch memory that is kept, layouts that are respected."""
