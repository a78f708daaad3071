"""What is on the shelf: products, batches, certificates of analysis, holds, and how files become them."""
