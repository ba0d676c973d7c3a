"""Trains the demo detector on scenes written by `limn scenes`, measures it on others, and writes it as ONNX.

    python train_detector.py --scenes FOLDER --network demo-network.onnx [--epochs N] [--output demo-detector.onnx]

FOLDER holds the archives that train.py takes (see Documentation/Demo-Network.md); boxes are those of the masks. The stem and the
first four blocks are the demo network's own, and stay as they are: what they make of the scenes is computed once.
"""

import argparse
import pathlib
import random

import numpy
import onnx
import torch
from torch import nn
from torch.nn import functional

from train import CLASSES, DemoNetwork, Residual, Scenes, batches, name_layers

SIDE = 112
STRIDES = (8, 16)
LARGE = 60  # from this many pixels on, a box's longer side is the coarse scale's


class Head(nn.Module):
    """Scores of classes and distances to the four edges, for each cell of one feature map."""

    def __init__(self, inputs, stride):
        super().__init__()
        self.stride = stride

        def tower(width, outputs):
            return nn.Sequential(
                nn.Conv2d(inputs, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, outputs, 1)
            )

        self.classes, self.edges = tower(64, CLASSES), tower(32, 4)
        nn.init.constant_(self.classes[3].bias, -4.6)  # a hundredth: nearly all cells are empty

    def forward(self, x):
        return self.classes(x).flatten(2), (self.edges(x).flatten(2).clamp(max=3).exp()) * self.stride


class DemoDetector(nn.Module):
    """112x112 pictures to 14x14 and 7x7 cells, each with twelve scores and a box: [1, 4 + 12, 245], as YOLOv8 puts it out."""

    def __init__(self):
        super().__init__()
        whole = DemoNetwork()
        self.stem, self.blocks = whole.stem, whole.blocks[:4]
        self.coarse = Residual(64, 80, 2)
        self.narrow = nn.Sequential(nn.Conv2d(80, 48, 1, bias=False), nn.BatchNorm2d(48), nn.ReLU())
        self.fine = nn.Sequential(nn.Conv2d(112, 48, 3, 1, 1, bias=False), nn.BatchNorm2d(48), nn.ReLU())
        self.heads = nn.ModuleList([Head(48, STRIDES[0]), Head(80, STRIDES[1])])
        self.register_buffer("centers", torch.cat([centers(stride) for stride in STRIDES])[None].transpose(1, 2), False)

    def trunk(self, x):
        """What the demo network sees, [n, 64, 14, 14]."""
        return self.blocks(self.stem(x))

    def maps(self, features):
        """The feature maps that feed the heads, the fine one first."""
        coarse = self.coarse(features)
        wide = functional.interpolate(self.narrow(coarse), scale_factor=2, mode="nearest")
        return self.fine(torch.cat([features, wide], 1)), coarse

    def keep_trunk(self, path):
        """Takes the trunk from the demo network's file, and lets no training change it."""
        weights = {i.name: torch.from_numpy(onnx.numpy_helper.to_array(i).copy()) for i in onnx.load(path).graph.initializer}
        own = {k: v for k, v in weights.items() if k.startswith(("stem.", "blocks.")) and not k.startswith("blocks.4")}
        missing = self.load_state_dict(own, strict=False).missing_keys
        assert not [k for k in missing if k.startswith(("stem.", "blocks.")) and "num_batches" not in k], missing
        for parameter in [*self.stem.parameters(), *self.blocks.parameters()]:
            parameter.requires_grad_(False)

    def raw(self, maps):
        """Logits [n, 12, 245], and boxes [n, 4, 245]: left, top, right, bottom in pixels."""
        logits, edges = zip(*(head(features) for head, features in zip(self.heads, maps)))
        logits, edges = torch.cat(logits, 2), torch.cat(edges, 2)
        return logits, torch.cat([self.centers - edges[:, :2], self.centers + edges[:, 2:]], 1)

    def forward(self, x):
        logits, boxes = self.raw(self.maps(self.trunk(x)))
        low, high = boxes[:, :2], boxes[:, 2:]
        return torch.cat([(low + high) / 2, high - low, logits.sigmoid()], 1)


def centers(stride):
    """The middles of the cells of one scale, [cells, 2]: across and down, row by row."""
    line = (torch.arange(SIDE // stride) + 0.5) * stride
    down, across = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([across.flatten(), down.flatten()], 1)


def boxes_of(scenes):
    """The box of every object, [scenes, objects, 4]."""
    count, objects = scenes.kinds.shape
    side = scenes.images.shape[1]
    boxes = numpy.zeros((count, objects, 4), numpy.float32)
    for n in range(count):
        for item in range(objects):
            mask = scenes.mask(n, item)
            rows, columns = mask.any(1).nonzero()[0], mask.any(0).nonzero()[0]
            boxes[n, item] = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
    return torch.from_numpy(boxes)


@torch.no_grad()
def features_of(network, scenes):
    """What the trunk makes of every scene, in half precision, so that all of it fits into memory."""
    network.eval()
    return torch.cat([network.trunk(scenes.batch(numbers)).half() for numbers in batches(len(scenes.kinds))])


def targets(boxes, kinds, places, strides):
    """Which cell answers for which object: those of its scale whose middle lies in the inner half of the box.

    Returns the class of each cell, -1 for none, and its box."""
    count = boxes.shape[0]
    owner = torch.full((count, places.shape[0]), -1, dtype=torch.long)
    wanted = torch.zeros(count, places.shape[0], 4)
    for item in range(boxes.shape[1]):
        box = boxes[:, item]
        middle, extent = (box[:, :2] + box[:, 2:]) / 2, box[:, 2:] - box[:, :2]
        scale = torch.where(extent.max(1).values >= LARGE, STRIDES[1], STRIDES[0])
        reach = torch.maximum(extent / 4, 0.51 * scale[:, None].float())
        inside = ((places[None] - middle[:, None]).abs() <= reach[:, None]).all(2) & (strides[None] == scale[:, None])
        owner[inside] = kinds[:, item][:, None].expand_as(owner)[inside]
        wanted[inside] = box[:, None].expand(-1, places.shape[0], -1)[inside]
    return owner, wanted


def loss_of(logits, boxes, owner, wanted):
    """Focal loss of the classes and generalised IoU of the boxes, by the number of cells that answer."""
    found = owner >= 0
    truth = torch.zeros_like(logits.transpose(1, 2))
    truth[found] = functional.one_hot(owner[found], CLASSES).float()
    z = logits.transpose(1, 2)
    p = z.sigmoid()
    focus = torch.where(truth > 0, 1 - p, p) ** 2 * torch.where(truth > 0, 0.5, 0.5)
    classes = (focus * functional.binary_cross_entropy_with_logits(z, truth, reduction="none")).sum()
    a, b = boxes.transpose(1, 2)[found], wanted[found]
    area = lambda r: (r[:, 2] - r[:, 0]) * (r[:, 3] - r[:, 1])
    common = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    around = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1)
    union = area(a) + area(b) - common
    edges = (1 - common / union + (around - union) / around).sum()
    return (2 * classes + edges) / found.sum()


def train(network, archives, epochs, batch, rate, output):
    """AdamW and one cycle of the learning rate; writes the network after every epoch."""
    boxes = [boxes_of(scenes) for scenes in archives]
    features = [features_of(network, scenes) for scenes in archives]
    print("features of all scenes are computed", flush=True)
    places = network.centers[0].transpose(0, 1).contiguous()
    strides = torch.cat([torch.full((len(centers(s)),), s) for s in STRIDES])
    everything = [(archive, n) for archive, scenes in enumerate(archives) for n in range(len(scenes.kinds))]
    steps = epochs * (len(everything) // batch)
    trained = [p for p in network.parameters() if p.requires_grad]
    decayed = [p for p in trained if p.dim() > 1]
    plain = [p for p in trained if p.dim() == 1]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0}])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.2)
    step = 0
    for epoch in range(epochs):
        network.train()
        random.shuffle(everything)
        for start in range(0, len(everything) - batch + 1, batch):
            chosen = everything[start : start + batch]
            parts = [[n for a, n in chosen if a == archive] for archive in range(len(archives))]
            parts = [(s, b, f, n) for s, b, f, n in zip(archives, boxes, features, parts) if n]
            seen = torch.cat([f[n].float() for _, _, f, n in parts])
            wanted = [targets(b[n], s.kinds[n], places, strides) for s, b, _, n in parts]
            owner, edges = (torch.cat(part) for part in zip(*wanted))
            loss = loss_of(*network.raw(network.maps(seen)), owner, edges)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 10)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 25 == 0:
                print(f"  step {step}/{steps}  loss {loss.item():.4f}", flush=True)
        export(network, output)


def overlap(a, b):
    common = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    area = lambda r: (r[..., 2] - r[..., 0]) * (r[..., 3] - r[..., 1])
    return common / (area(a) + area(b) - common)


def measure(network, scenes, explained=500):
    """The shares of objects that are found (the likeliest box of their class overlaps theirs by at least one half), and of
    those of the first `explained` scenes inside whose own box the peak of Grad-CAM lies, on the map that feeds its scale."""
    network.eval()
    boxes = boxes_of(scenes)
    fine = (SIDE // STRIDES[0]) ** 2
    found = total = hits = peaks = 0
    for numbers in batches(len(scenes.kinds), 100):
        with torch.no_grad():
            logits, edges = network.raw(network.maps(network.trunk(scenes.batch(numbers))))
        for place, n in enumerate(numbers):
            for item in range(scenes.kinds.shape[1]):
                kind = int(scenes.kinds[n, item])
                row = int(logits[place, kind].argmax())
                found += int(overlap(edges[place, :, row], boxes[n, item]) >= 0.5)
                total += 1
                if n >= explained:
                    continue
                with torch.enable_grad():
                    maps = [m.detach().requires_grad_(True) for m in network.maps(network.trunk(scenes.batch([n])))]
                    network.raw(maps)[0][0, kind, row].backward()
                features = maps[0 if row < fine else 1]
                cam = (features.grad.mean((2, 3), keepdim=True) * features).sum(1, keepdim=True).relu()
                cam = functional.interpolate(cam, (SIDE, SIDE), mode="bilinear")[0, 0]
                y, x = divmod(int(cam.argmax()), SIDE)
                left, top, right, bottom = edges[place, :, row].tolist()
                hits += int(left <= x + 0.5 <= right and top <= y + 0.5 <= bottom)
                peaks += 1
    return found / total, hits / peaks


def export(network, path):
    """Operator set 17, BatchNormalization kept, a free batch size."""
    network.eval()
    torch.onnx.export(
        network, torch.zeros(1, 3, SIDE, SIDE), path, dynamo=False, opset_version=17, input_names=["image"],
        output_names=["detections"], dynamic_axes={"image": {0: "batch"}, "detections": {0: "batch"}},
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
    )
    name_layers(path)
    model = onnx.load(path)
    for key, value in {"task": "detect", "stride": str(max(STRIDES))}.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.checker.check_model(model)
    onnx.save(model, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=pathlib.Path, required=True)
    parser.add_argument("--network", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("demo-detector.onnx"))
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    random.seed(options.seed)
    torch.set_num_threads(options.threads)

    network = DemoDetector()
    network.keep_trunk(options.network)
    print(f"{sum(p.numel() for p in network.parameters())} parameters", flush=True)
    archives = [Scenes(options.scenes / name) for name in ("single", "pair")]
    train(network, archives, options.epochs, options.batch, options.rate, options.output)
    for name in ("single-held-out", "pair-held-out"):
        found, inside = measure(network, Scenes(options.scenes / name))
        print(f"{name}: objects found {found:.4f}, Grad-CAM's peak inside their boxes {inside:.4f}", flush=True)


if __name__ == "__main__":
    main()
