"""What happens without anybody's click: the clock, and the delivery of effects."""
