"""What the chapters of The Tilted Boundary import: one small module per idea."""
