"""What everyone needs and nothing else: time, luck and money."""
