"""Scripts that turn MNIST into results/. Chapters read what they left there, never the scripts."""
