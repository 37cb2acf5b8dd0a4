"""Multi-scale ConvLSTM models: opening and checking them, running them, training them further, keeping them."""
