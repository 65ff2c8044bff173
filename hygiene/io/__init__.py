"""Files in and out: `readers` make frames of files, `writers` files of frames, whole or not at all."""
