#!/usr/bin/env python3
"""Superpixels of a small drawn picture by scikit-image, as Tests/MasksTests holds them: a letter for each segment.

    pip install scikit-image
    python3 Tests/Tools/superpixel_references.py

The picture's numbers are whole multiples of 1/256, so that it is the same in every precision.
"""

import numpy
from skimage.segmentation import quickshift, slic

HEIGHT, WIDTH = 30, 40


def picture():
    """Three discs before a slope of grey, with grain."""
    levels = numpy.zeros((HEIGHT, WIDTH, 3))
    for y in range(HEIGHT):
        for x in range(WIDTH):
            color = [40 + 3 * x, 60 + 2 * y, 90 + x + y]
            for row, column, radius, disc in [
                (10, 9, 7, (200, 60, 50)), (18, 27, 9, (60, 190, 80)), (7, 31, 5, (70, 80, 220)),
            ]:
                if (y - row) ** 2 + (x - column) ** 2 <= radius ** 2:
                    color = list(disc)
            for c in range(3):
                grain = ((x * 37 + y * 57 + c * 11) * 2654435761 % 2**32) >> 27
                levels[y, x, c] = color[c] + grain
    return levels / 256


def written(labels):
    """In the order in which segments are met, from a to z and on with capitals."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    numbers = {}
    return ["".join(letters[numbers.setdefault(label, len(numbers))] for label in row) for row in labels]


if __name__ == "__main__":
    image = picture()
    for name, labels in [
        ("slic 20", slic(image, n_segments=20, compactness=10)),
        ("slic 60 compactness 1", slic(image, n_segments=60, compactness=1)),
        ("quickshift 2", quickshift(image, kernel_size=2, max_dist=6, ratio=0.5)),
    ]:
        print(name)
        for row in written(labels):
            print("    " + row)
