"""What a person sees and clicks: figures, scrubber, picture, live topology, forms."""
