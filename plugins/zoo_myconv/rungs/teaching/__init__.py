"""The rungs that teach: short, one idea a file, to be read from `loops` upwards."""
