"""What training costs in memory and arithmetic, predicted and measured."""
