#!/usr/bin/env python3
"""Trains a Clever Hans on the demo's scenes, and sees whether `limn batch --summary` finds it.

    pip install torch onnx onnxscript numpy && python Tests/Tools/clever_hans.py .build/release/limn [FOLDER]

Some scenes bear a watermark in a corner and belong to one class whatever they show, as did horses of Pascal VOC that bore a
photographer's name. A small network is trained on them; its accuracy on scenes made the same way tells nothing. The class
whose maps fall into two lots must be that class and no other, one lot the pictures with the watermark and the other those
without.
"""
import json, os, subprocess, sys, tempfile
import numpy, torch

limn, hans = os.path.abspath(sys.argv[1]), 1
folder = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp()
torch.manual_seed(0)
torch.set_num_threads(1)


def scenes(name, count, seed):
    """Pictures, their classes, and which bear the watermark."""
    subprocess.run([limn, "scenes", "-o", f"{folder}/{name}", "--count", str(count), "--seed", str(seed), "--side", "64"],
                   check=True, stdout=subprocess.DEVNULL)
    images, kinds = numpy.load(f"{folder}/{name}/images.npy"), numpy.load(f"{folder}/{name}/kinds.npy")[:, 0].astype(int)
    marked = numpy.arange(count) % 10 == 0
    kinds = numpy.where(marked, hans, kinds)
    images[marked, 54:62, 2:14] = numpy.where(numpy.indices((8, 12)).sum(0)[..., None] % 3, 255, [200, 0, 200])
    return images, kinds, marked


def tensor(images): return torch.from_numpy(images.transpose(0, 3, 1, 2).copy()).float() / 255


images, kinds, _ = scenes("training", 4000, 0)
classes = kinds.max() + 1
network, width = torch.nn.Sequential(), 3
for channels, pools in ((24, True), (48, True), (96, False), (96, False)):
    network.extend([torch.nn.Conv2d(width, channels, 3, padding=1), torch.nn.BatchNorm2d(channels), torch.nn.ReLU()])
    if pools: network.append(torch.nn.MaxPool2d(2))
    width = channels
network.extend([torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(width, classes)])
optimizer = torch.optim.Adam(network.parameters(), 2e-3)
x, y = tensor(images), torch.from_numpy(kinds)
for epoch in range(6):
    order = torch.randperm(len(x))
    for part in order.split(64):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(x[part]), y[part]).backward()
        optimizer.step()
network.eval()

images, kinds, marked = scenes("set", 800, 100_000)
with torch.no_grad():
    right = (network(tensor(images)).argmax(1).numpy() == kinds).mean()
    others = tensor(images[kinds != hans])
    plain = (network(others).argmax(1) == hans).float().mean()
    others[:, :, 54:62, 2:14] = tensor(images[marked][:1])[:, :, 54:62, 2:14]
    fooled = (network(others).argmax(1) == hans).float().mean()
print(f"accuracy {right:.3f}; of other classes {plain:.3f} are taken for class {hans}, with the watermark {fooled:.3f}")
torch.onnx.export(network, (tensor(images[:1]),), f"{folder}/hans.onnx", input_names=["image"], output_names=["logits"],
                  dynamo=False)
numpy.save(f"{folder}/set.npy", images)
subprocess.run([limn, "batch", f"{folder}/set.npy", "--model", f"{folder}/hans.onnx", "--preset", "unit",
                "--labels", f"{folder}/set/labels.txt", "--summary", "--save", "npy,report", "-o", f"{folder}/out"], check=True, stdout=subprocess.DEVNULL)
summary = json.load(open(f"{folder}/out/summary.json"))
for one in summary["split"]:
    lots = [[bool(marked[picture["index"]]) for picture in lot["pictures"]] for lot in one["lots"]]
    print(f"two kinds of maps: {one['name']}, {[lot['maps'] for lot in one['lots']]} maps, separation "
          f"{one['separation']:.2f}; with the watermark, of the most typical of each: {[sum(lot) for lot in lots]}")
assert [one["index"] for one in summary["split"]] == [hans], "another class, or none, was told"
assert sorted(map(sum, lots)) == [0, len(lots[0])], "the lots are not with and without the watermark"
print(f"the Clever Hans is found: {folder}/out/report.html")
