"""Neural autoregression: which past values are looked at, and small networks that are trained side by side."""
