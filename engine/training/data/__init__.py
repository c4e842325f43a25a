"""The pictures of a training: from data sets, pens and strangers, and how they vary."""
