#!/usr/bin/env python3
"""Holds what `limn` says of detectors against PyTorch in float64.

Networks with random weights are exported (ultralytics, transformers and torchvision, from PyPI; nothing of theirs is kept),
`limn predict` lists their boxes, and for one row of each, its box, its class, the class's logit, that logit's gradient by the
pixels and the Grad-CAM on the layer that `limn` chooses are computed again with automatic differentiation in float64; of masks,
key points and turned boxes also their own scores with their gradients.

    pip install ultralytics transformers torchvision onnx
    Tests/Tools/compare_detectors_with_torch.py .build/release/limn [NAME...]

Numbers agree where the largest difference is at most 1e-4 of the largest magnitude; gradients also where PyTorch's own in float32
is as far from that in float64.

PyTorch 2.13 and later, on the CPU, differentiates BatchNorm in evaluation mode wrongly for a batch of one where the gradient that
comes in is a transposed view: every BatchNorm gets a hook that makes it contiguous.
"""
import contextlib, json, logging, os, subprocess, sys, tempfile, warnings
import numpy as np
import torch
import torch.nn as nn

warnings.filterwarnings("ignore")
SIDE = 160

# Embeddings of positions are resized to the size that they have, which the exporter cannot write with smoothing.
resized = nn.functional.interpolate
nn.functional.interpolate = lambda *values, **options: resized(*values, **{**options, "antialias": False})


class Row:
    """What a network answers about one row: a logit, a box (left, top, right, bottom in pixels), a class, and what else `limn`
    is asked for by --score: the word, and the value."""

    def __init__(self, logit, box, index, probability=None, further=()):
        self.logit, self.box, self.index, self.probability, self.further = logit, box, index, probability, further


def corners(cx, cy, w, h, across=1.0, down=1.0):
    return [(cx - w / 2) * across, (cy - h / 2) * down, (cx + w / 2) * across, (cy + h / 2) * down]


# Each reads the row `row` of what the float64 network puts out.

def yolov8(classes, parts=None):
    def read(y, row):
        whole = y
        y = (y[0] if isinstance(y, (tuple, list)) else y)[0]
        p = y[4:4 + classes, row]
        c = int(p.argmax())
        box, further = corners(*y[:4, row]), ()
        if parts: box, further = parts(box, y[:4, row], y[4 + classes:, row], whole)
        return Row(torch.logit(p[c]), box, c, further=further)
    return read


# What rows have beside boxes and classes: the box in upright corners, and values by the words of --score.

def instance(box, numbers, coefficients, y):
    """The logits of the mask, summed over its places: positive ones within the box."""
    prototypes = y[1][0]
    side = prototypes.shape[1]
    logits = (coefficients[:, None, None] * prototypes).sum(0)
    left, top, right, bottom = [float(v) * side / SIDE for v in box]
    at = torch.arange(side, dtype=logits.dtype)
    inside = ((at >= left) & (at < right))[None, :] & ((at >= top) & (at < bottom))[:, None]
    mask = (logits > 0) & inside
    return box, [("mask", (logits * mask).sum())]


def pose(box, numbers, points, y):
    """Each key point is three numbers, the last behind a sigmoid."""
    points = points.view(17, 3)
    return box, [("keypoint:left wrist", torch.logit(points[9, 2])), ("keypoint:0:x", points[0, 0]), ("keypoint:3:y", points[3, 1])]


def oriented(box, numbers, angle, y):
    """The upright box around one that is turned by an angle in radians."""
    x, v, w, h = numbers
    c, s = angle[0].cos(), angle[0].sin()
    across, down = (w * c).abs() + (h * s).abs(), (w * s).abs() + (h * c).abs()
    return corners(x, v, across, down), [("angle", angle[0] * 180 / np.pi), ("width", w)]


def yolov5(y, row):
    y = y[0]
    c = int(y[row, 5:].argmax())
    return Row(torch.logit(y[row, 5 + c]), corners(*y[row, :4]), c, float(y[row, 4] * y[row, 5 + c]))


def end_to_end(y, row, parts=None):
    whole = y
    y = (y[0] if isinstance(y, (tuple, list)) else y)[0]
    box, further = list(y[row, :4]), ()
    if parts: box, further = parts(box, y[row, :4], y[row, 6:], whole)
    return Row(torch.logit(y[row, 4]), box, int(y[row, 5]), further=further)


def detr(y, row):
    z, b = y
    c = int(z[0, row, :-1].argmax())
    return Row(z[0, row, c], corners(*b[0, row], SIDE, SIDE), c)


def sigmoid_queries(y, row):
    z, b = y
    c = int(z[0, row].argmax())
    return Row(z[0, row, c], corners(*b[0, row], SIDE, SIDE), c)


def ssd(y, row):
    z = y[0][0, row]
    c = 1 + int(z[1:].argmax())
    return Row(z[c], None, c)


def focal(y, row):
    z = y[0][0, row]
    c = int(z.argmax())
    return Row(z[c], None, c)


# Networks.

class Ultralytics(nn.Module):
    """An architecture of ultralytics as its exporter writes it."""

    def __init__(self, name, end_to_end=False):
        super().__init__()
        from ultralytics import YOLO
        from ultralytics.utils import LOGGER
        LOGGER.setLevel(logging.ERROR)
        self.yolo, self.end_to_end = YOLO(name + ".yaml", verbose=False), end_to_end

    def spread(self):
        """Scores that differ by more than rounding, so that both precisions rank them alike."""
        for name, module in self.yolo.model.named_modules():
            if isinstance(module, nn.Conv2d) and ".one2one_cv3." in name and name.endswith(".2"): module.weight.data.mul_(100)
            # Masks that are somewhere and not everywhere.
            if isinstance(module, nn.Conv2d) and "cv4." in name and name.endswith(".2"): module.weight.data.mul_(30)

    def written(self, path):
        options = {"end2end": True} if self.end_to_end else {}
        made = self.yolo.export(format="onnx", imgsz=SIDE, opset=17, simplify=False, verbose=False, **options)
        os.replace(made, path)
        from ultralytics.nn.modules import Detect
        model = self.yolo.model.eval()
        for module in model.modules():
            if isinstance(module, Detect):
                module.export, module.dynamic, module.format = True, False, "onnx"
                module.max_det = 300
                if self.end_to_end: module.end2end = True
            if type(module).__name__ == "C2f" and hasattr(module, "forward_split"):
                module.forward = module.forward_split
        return model


class V5(nn.Module):
    """YOLOv5's head with anchors on a small backbone: one sigmoid over all numbers of a row."""

    def __init__(self, classes=7):
        super().__init__()
        def block(i, o): return nn.Sequential(nn.Conv2d(i, o, 3, 2, 1), nn.BatchNorm2d(o), nn.SiLU())
        self.stem = nn.Sequential(block(3, 8), block(8, 16), block(16, 16))
        self.down = nn.ModuleList([block(16, 24), block(24, 32)])
        self.heads = nn.ModuleList([nn.Conv2d(c, 3 * (5 + classes), 1) for c in (16, 24, 32)])
        self.width = 5 + classes
        self.register_buffer("anchors", torch.tensor([[10, 13, 16, 30, 33, 23], [30, 61, 62, 45, 59, 119], [116, 90, 156, 198, 373, 326]]).view(3, 1, 3, 1, 1, 2).float())

    def forward(self, x):
        f, rows = self.stem(x), []
        for i, head in enumerate(self.heads):
            if i: f = self.down[i - 1](f)
            b, _, h, w = f.shape
            y = head(f).view(b, 3, self.width, h, w).permute(0, 1, 3, 4, 2).contiguous().sigmoid()
            xy, wh, conf = y.split((2, 2, self.width - 4), 4)
            gy, gx = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
            grid = torch.stack((gx, gy), -1).to(x.dtype).view(1, 1, h, w, 2) - 0.5
            stride = SIDE / h
            rows.append(torch.cat(((xy * 2 + grid) * stride, (wh * 2) ** 2 * self.anchors[i], conf), 4).view(b, -1, self.width))
        return torch.cat(rows, 1)


class YOLOX(nn.Module):
    """YOLOX's decoupled head: boxes, objectness and classes of their own convolutions; decoded, or as its exporter leaves it."""

    def __init__(self, decoded=False, classes=5):
        super().__init__()
        def block(i, o, s=2): return nn.Sequential(nn.Conv2d(i, o, 3, s, 1), nn.BatchNorm2d(o), nn.SiLU())
        self.stem = nn.Sequential(block(3, 8), block(8, 16), block(16, 16))
        self.down = nn.ModuleList([block(16, 16), block(16, 16)])
        self.towers = nn.ModuleList([nn.ModuleList([block(16, 16, 1), block(16, 16, 1)]) for _ in range(3)])
        self.outs = nn.ModuleList([nn.ModuleList([nn.Conv2d(16, 4, 1), nn.Conv2d(16, 1, 1), nn.Conv2d(16, classes, 1)]) for _ in range(3)])
        self.decoded = decoded

    def forward(self, x):
        f, rows, grids, strides = self.stem(x), [], [], []
        for i in range(3):
            if i: f = self.down[i - 1](f)
            r, c = self.towers[i][0](f), self.towers[i][1](f)
            box, there, kind = self.outs[i]
            rows.append(torch.cat([box(r), there(r).sigmoid(), kind(c).sigmoid()], 1).flatten(2))
            h, w = f.shape[2:]
            gy, gx = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
            grids.append(torch.stack((gx, gy), 2).view(1, -1, 2)); strides.append(torch.full((1, h * w, 1), SIDE // h))
        y = torch.cat(rows, 2).permute(0, 2, 1)
        if not self.decoded: return y
        grid, stride = torch.cat(grids, 1).to(x.dtype), torch.cat(strides, 1).to(x.dtype)
        return torch.cat([(y[..., :2] + grid) * stride, y[..., 2:4].exp() * stride, y[..., 4:]], -1)


def yolox_raw(y, row):
    sides = [SIDE // s for s in (8, 16, 32)]
    place, stride = row, 8
    for side in sides:
        if place < side * side: break
        place -= side * side; stride *= 2
    gx, gy = place % (SIDE // stride), place // (SIDE // stride)
    v = y[0, row]
    c = int(v[5:].argmax())
    return Row(torch.logit(v[5 + c]), corners((v[0] + gx) * stride, (v[1] + gy) * stride, v[2].exp() * stride, v[3].exp() * stride), c, float(v[4] * v[5 + c]))


class Queries(nn.Module):
    """A detector of transformers, its two outputs alone."""

    def __init__(self, make):
        super().__init__()
        self.net = make()

    def forward(self, x):
        y = self.net(pixel_values=x)
        return y.logits, y.pred_boxes


def make_detr():
    from transformers import DetrConfig, DetrForObjectDetection
    from transformers import ResNetConfig
    backbone = ResNetConfig(embedding_size=16, hidden_sizes=[16, 24, 32, 48], depths=[1, 1, 1, 1], layer_type="basic", out_features=["stage4"])
    return DetrForObjectDetection(DetrConfig(use_timm_backbone=False, use_pretrained_backbone=False, backbone=None, backbone_config=backbone, d_model=32, encoder_layers=2, decoder_layers=2, encoder_ffn_dim=64, decoder_ffn_dim=64, encoder_attention_heads=4, decoder_attention_heads=4, num_queries=20, num_labels=9))


def make_yolos():
    from transformers import YolosConfig, YolosForObjectDetection
    return YolosForObjectDetection(YolosConfig(hidden_size=48, num_hidden_layers=3, num_attention_heads=4, intermediate_size=96, image_size=[SIDE, SIDE], patch_size=16, num_detection_tokens=15, num_labels=9))


def make_rtdetr(kind="RTDetr"):
    import transformers
    backbone = transformers.RTDetrResNetConfig(embedding_size=16, hidden_sizes=[16, 24, 32, 48], depths=[1, 1, 1, 1], layer_type="basic", out_features=["stage2", "stage3", "stage4"])
    config = getattr(transformers, f"{kind}Config")(backbone_config=backbone, encoder_hidden_dim=32, encoder_in_channels=[24, 32, 48], d_model=32, encoder_ffn_dim=64, decoder_ffn_dim=64, num_queries=30, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, decoder_in_channels=[32, 32, 32], num_labels=80, anchor_image_size=None)
    return getattr(transformers, f"{kind}ForObjectDetection")(config)


def small_resnet():
    from transformers import ResNetConfig
    return ResNetConfig(embedding_size=16, hidden_sizes=[16, 24, 32, 48], depths=[1, 1, 1, 1], layer_type="basic", out_features=["stage2", "stage3", "stage4"])


def make_dfine(kind="DFine"):
    import transformers
    backbone = transformers.HGNetV2Config(hidden_sizes=[24, 32, 48, 64], stem_channels=[3, 8, 16], stage_in_channels=[16, 24, 32, 48], stage_mid_channels=[8, 8, 12, 16], stage_out_channels=[24, 32, 48, 64], stage_num_blocks=[1, 1, 1, 1], stage_numb_of_layers=[2, 2, 2, 2], out_features=["stage2", "stage3", "stage4"])
    config = getattr(transformers, f"{kind}Config")(backbone_config=backbone, encoder_hidden_dim=32, encoder_in_channels=[32, 48, 64], d_model=32, encoder_ffn_dim=64, decoder_ffn_dim=64, num_queries=30, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, decoder_in_channels=[32, 32, 32], decoder_n_points=[3, 6, 3], num_labels=80, anchor_image_size=None, eval_size=None)
    return getattr(transformers, f"{kind}ForObjectDetection")(config)


def make_deformable(two_stage=False):
    from transformers import DeformableDetrConfig, DeformableDetrForObjectDetection
    return DeformableDetrForObjectDetection(DeformableDetrConfig(use_timm_backbone=False, use_pretrained_backbone=False, backbone=None, backbone_config=small_resnet(), d_model=32, encoder_layers=2, decoder_layers=2, encoder_ffn_dim=64, decoder_ffn_dim=64, encoder_attention_heads=4, decoder_attention_heads=4, num_queries=20, num_feature_levels=3, num_labels=9, two_stage=two_stage, with_box_refine=two_stage, two_stage_num_proposals=20))


def make_conditional():
    from transformers import ConditionalDetrConfig, ConditionalDetrForObjectDetection, ResNetConfig
    backbone = ResNetConfig(embedding_size=16, hidden_sizes=[16, 24, 32, 48], depths=[1, 1, 1, 1], layer_type="basic", out_features=["stage4"])
    return ConditionalDetrForObjectDetection(ConditionalDetrConfig(use_timm_backbone=False, use_pretrained_backbone=False, backbone=None, backbone_config=backbone, d_model=32, encoder_layers=2, decoder_layers=2, encoder_ffn_dim=64, decoder_ffn_dim=64, encoder_attention_heads=4, decoder_attention_heads=4, num_queries=20, num_labels=9))


def make_rfdetr():
    from transformers import RfDetrConfig, RfDetrDinov2Config, RfDetrForObjectDetection
    backbone = RfDetrDinov2Config(hidden_size=48, num_hidden_layers=4, num_attention_heads=4, image_size=SIDE, patch_size=16, num_windows=2, out_features=["stage2", "stage4"])
    return RfDetrForObjectDetection(RfDetrConfig(backbone_config=backbone, d_model=32, decoder_ffn_dim=64, decoder_layers=2, decoder_self_attention_heads=4, decoder_cross_attention_heads=4, num_queries=20, num_labels=9, c2f_num_blocks=1, group_detr=2))


def make_lwdetr():
    from transformers import LwDetrConfig, LwDetrForObjectDetection, LwDetrViTConfig
    backbone = LwDetrViTConfig(hidden_size=48, num_hidden_layers=4, num_attention_heads=4, image_size=SIDE, pretrain_image_size=SIDE, patch_size=16, num_windows=4, window_block_indices=[0, 2], out_indices=[1, 3])
    return LwDetrForObjectDetection(LwDetrConfig(backbone_config=backbone, d_model=32, decoder_ffn_dim=64, decoder_layers=2, decoder_self_attention_heads=4, decoder_cross_attention_heads=4, num_queries=20, num_labels=9, c2f_num_blocks=1, group_detr=2, projector_scale_factors=[1.0]))


class Torchvision(nn.Module):
    """A detector of torchvision up to its raw head."""

    def __init__(self, make):
        super().__init__()
        self.net = make()

    def forward(self, x):
        features = self.net.backbone(x)
        head = self.net.head(list(features.values()) if not torch.is_tensor(features) else [features])
        return tuple(head[k] for k in ("cls_logits", "bbox_regression", "bbox_ctrness") if k in head)


def torchvision_model(name):
    from torchvision.models import detection
    def make():
        if name == "ssd": return detection.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=11)
        return getattr(detection, name)(weights=None, weights_backbone=None, num_classes=11)
    return lambda: Torchvision(make)


class CenterNet(nn.Module):
    def __init__(self):
        super().__init__()
        def block(i, o, s=2): return nn.Sequential(nn.Conv2d(i, o, 3, s, 1), nn.BatchNorm2d(o), nn.ReLU())
        self.body = nn.Sequential(block(3, 12), block(12, 24), block(24, 24, 1))
        self.hm, self.wh, self.reg = (nn.Sequential(block(24, 24, 1), nn.Conv2d(24, n, 1)) for n in (4, 2, 2))

    def forward(self, x):
        f = self.body(x)
        return self.hm(f).sigmoid(), self.wh(f), self.reg(f)


def centernet(y, row):
    hm, wh, reg = (t[0].flatten(1)[:, row] for t in y)
    side, c = SIDE // 4, int(hm.argmax())
    return Row(torch.logit(hm[c]), [4 * v for v in corners(row % side + reg[0], row // side + reg[1], wh[0], wh[1])], c)


PARTS = {"seg": instance, "pose": pose, "obb": oriented}

# Its name: what makes it, how a row is read, the names of its outputs, whether boxes can be read.
DETECTORS = {
    **{n: (lambda n=n: Ultralytics(n), yolov8(80), None, True) for n in ("yolov8n", "yolov5n", "yolov9t", "yolo11n", "yolo12n")},
    **{f"{n}-{task}": (lambda n=n, task=task: Ultralytics(f"{n}-{task}"), yolov8(1 if (n, task) == ("yolov8n", "pose") else 80, parts), None, True)
       for n in ("yolov8n", "yolo11n", "yolo26n") for task, parts in PARTS.items()},
    **{f"yolo26n-{task}-e2e": (lambda task=task: Ultralytics(f"yolo26n-{task}", True), lambda y, row, parts=parts: end_to_end(y, row, parts), None, True)
       for task, parts in PARTS.items()},
    "yolov10n": (lambda: Ultralytics("yolov10n"), yolov8(80), None, True),
    "yolov10n-e2e": (lambda: Ultralytics("yolov10n", True), end_to_end, None, True),
    "yolo26n": (lambda: Ultralytics("yolo26n"), yolov8(80), None, True),
    "yolo26n-e2e": (lambda: Ultralytics("yolo26n", True), end_to_end, None, True),
    "v5-anchors": (V5, yolov5, ["output"], True),
    "yolox": (YOLOX, yolox_raw, ["output"], True),
    "yolox-decoded": (lambda: YOLOX(True), yolov5, ["output"], True),
    "detr": (lambda: Queries(make_detr), detr, ["logits", "pred_boxes"], True),
    "yolos": (lambda: Queries(make_yolos), detr, ["logits", "pred_boxes"], True),
    "rt-detr": (lambda: Queries(make_rtdetr), sigmoid_queries, ["logits", "pred_boxes"], True),
    "rt-detr-v2": (lambda: Queries(lambda: make_rtdetr("RTDetrV2")), sigmoid_queries, ["logits", "pred_boxes"], True),
    "d-fine": (lambda: Queries(make_dfine), sigmoid_queries, ["logits", "pred_boxes"], True),
    "deformable-detr": (lambda: Queries(make_deformable), sigmoid_queries, ["logits", "pred_boxes"], True),
    "deformable-detr-two-stage": (lambda: Queries(lambda: make_deformable(True)), sigmoid_queries, ["logits", "pred_boxes"], True),
    "conditional-detr": (lambda: Queries(make_conditional), sigmoid_queries, ["logits", "pred_boxes"], True),
    **{n: (lambda make=make: Queries(make), sigmoid_queries, ["logits", "pred_boxes"], True)
       for n, make in (("rf-detr", make_rfdetr), ("lw-detr", make_lwdetr), ("deim-v2", lambda: make_dfine("Deimv2")))},
    "ssd": (torchvision_model("ssd"), ssd, ["cls_logits", "bbox_regression"], False),
    "retinanet": (torchvision_model("retinanet_resnet50_fpn"), focal, ["cls_logits", "bbox_regression"], False),
    "fcos": (torchvision_model("fcos_resnet50_fpn"), focal, ["cls_logits", "bbox_regression", "bbox_ctrness"], False),
    "centernet": (CenterNet, centernet, ["hm", "wh", "reg"], True),
}


def varied(model):
    """Normalisations with statistics that a training would leave, so that signals neither die nor explode."""
    generator = torch.Generator().manual_seed(5)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.copy_(0.1 * torch.randn(module.running_mean.shape, generator=generator))
            module.running_var.copy_(0.5 + torch.rand(module.running_var.shape, generator=generator))
            module.weight.data.copy_(0.8 + 0.4 * torch.rand(module.weight.shape, generator=generator))
    return model


def contiguous_gradients(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.register_forward_hook(lambda m, i, o: (o.register_hook(lambda g: g.contiguous()), None)[1] if o.requires_grad else None)


@contextlib.contextmanager
def nothing_detached():
    """Detectors that refine boxes cut the gradient between their steps for training. The file does not say so, and the derivative
    of what it computes goes all the way."""
    detach = torch.Tensor.detach
    torch.Tensor.detach = lambda self: self
    try: yield
    finally: torch.Tensor.detach = detach


def limn(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    if done.returncode: raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return done.stdout, done.stderr


def apart(a, b):
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return float("inf") if a.shape != b.shape else float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30))


def module_of(model, layer):
    """The module whose output the layer of the file is."""
    names = dict(model.named_modules())
    parts = layer.strip("/").split("/")[:-1]
    while parts:
        # A list within a list repeats where it stands: model.23/cv3.1/cv3.1.0.
        for name in (".".join(parts), ".".join(parts[1:]), "net." + ".".join(parts), ".".join((parts[0], parts[-1]))):
            if name in names and not name.endswith("act") and not name.endswith("act_fn"): return names[name], name
        parts = parts[:-1]
    return None, None


def compare(program, name, folder, picture):
    make, read, outputs, has_boxes = DETECTORS[name]
    torch.manual_seed(3)
    model, path, image = make(), f"{folder}/{name}.onnx", f"{folder}/x.npy"
    x = torch.rand(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(picture))
    np.save(image, x[0].numpy())
    if isinstance(model, Ultralytics):
        varied(model.yolo.model)
        model.spread()
        model = model.written(path)
    else:
        varied(model).eval()
        torch.onnx.export(model, x, path, dynamo=False, opset_version=17, input_names=["images"], output_names=outputs)
    listed = json.loads(limn(program, "predict", image, "--model", path, "--json", "--confidence", "0")[0])[0]["boxes"]
    # Of instances, one that has a mask.
    listed = [b for b in listed if b.get("maskArea", 1) > 0]
    found = listed[0 if picture < 3 else -1]
    row = found["row"]
    model = model.double()
    contiguous_gradients(model)
    pixels = x.double().requires_grad_(True)
    limn(program, "explain", image, "--model", path, "--box", f"row:{row}", "--target", str(found["index"]), "--method", "gradient", "-o", f"{folder}/gradient.npy")
    report = limn(program, "explain", image, "--model", path, "--box", f"row:{row}", "--target", str(found["index"]), "-o", f"{folder}/cam.npy", "--json")[0]
    report = json.loads(report)
    layer, (high, wide) = report["layer"]["name"], report["grid"]
    module, where = module_of(model, layer)
    kept = []
    if module is not None: hook = module.register_forward_hook(lambda m, i, o: kept.append(o))
    with nothing_detached(): truth = read(model(pixels), row)
    if module is not None: hook.remove()
    gradient = torch.autograd.grad(truth.logit, pixels, retain_graph=True)[0][0].numpy()
    result = {
        "class": found["index"] == truth.index,
        "logit": abs(found["logit"] - float(truth.logit)) / max(1, abs(float(truth.logit))),
        "gradient": apart(np.load(f"{folder}/gradient.npy"), gradient),
    }
    if has_boxes:
        box = [min(max(float(v), 0), SIDE) for v in truth.box]
        result["box"] = max(abs(a - b) for a, b in zip(box, [found[e] for e in ("left", "top", "right", "bottom")])) / SIDE
    for score, value in truth.further:
        written = limn(program, "explain", image, "--model", path, "--box", f"row:{row}", "--score", score, "--method", "gradient", "-o", f"{folder}/part.npy", "--json")[0]
        told = json.loads(written)["score"]["value"]
        result[score] = abs(told - float(value)) / max(1, abs(float(value)))
        result[f"{score}'s gradient"] = apart(np.load(f"{folder}/part.npy"), torch.autograd.grad(value, pixels, retain_graph=True)[0][0].numpy())
    if kept and torch.is_tensor(kept[-1]):
        maps = kept[-1]
        slope = torch.autograd.grad(truth.logit, maps)[0]
        if maps.dim() == 3:
            first = int(maps.shape[1] > high * wide)  # a class token stands in front of those of the places
            maps, slope = (t[:, first:first + high * wide].transpose(1, 2).reshape(1, -1, high, wide) for t in (maps, slope))
        cam = (slope.mean((2, 3), keepdim=True) * maps).sum(1)[0].detach().numpy()
        result["grad-cam"] = apart(np.load(f"{folder}/cam.npy"), cam)
    print(f"{name:14} row {row:5} {layer}", flush=True)
    far = result["gradient"]
    if far > 1e-4:
        # Rankings and poolings of nearly equal values turn out otherwise in float32, PyTorch's own included.
        single = x.clone().requires_grad_(True)
        with nothing_detached(): other = read(model.float()(single), row)
        own = apart(torch.autograd.grad(other.logit, single)[0][0].numpy(), gradient)
        print(f"  gradient {far:.1e}, that of PyTorch in float32 {own:.1e}")
        if far <= 1.5 * own: del result["gradient"]
    good = result.pop("class") and all(v <= 1e-4 for v in result.values())
    print(f"  {'ok  ' if good else 'BAD '}" + ", ".join(f"{k} {v:.1e}" for k, v in result.items()), flush=True)
    return good


if __name__ == "__main__":
    program, names = os.path.abspath(sys.argv[1]), sys.argv[2:] or list(DETECTORS)
    good = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in names:
            # Max pooling of nearly equal values picks others in float32 than in float64, PyTorch's own float32 included, which
            # leads a gradient another way: then another picture, or another row, is tried.
            try: good += any(compare(program, name, folder, picture) for picture in (1, 2, 3))
            except Exception as error: print(f"{name:14} FAILED {type(error).__name__}: {str(error)[:300]}", flush=True)
    print(f"{good} of {len(names)} agree")
    sys.exit(good < len(names))
