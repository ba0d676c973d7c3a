"""Compares networks that Limn recognises by their weights with the libraries' own: logits, and a logit's gradient.

Usage: python compare_weights_with_torch.py LIMN [CASE…]   (needs numpy, safetensors, timm, torch, torchvision, transformers)

Small networks with random weights are saved as each library saves them, `huggingface/vit`, `timm/resnet18d`, as weights of
torchvision alone, `torchvision/regnet_y_400mf`, and in all the ways of torch.save, `pickle/lightning`. Nothing is downloaded.
"""

import argparse
import collections
import json
import os
import pickle
import subprocess
import sys
import tempfile

import numpy as np
import torch
from rounding import deviation, input_gradient, rounding

CASES = {}


def case(name):
    def add(make):
        CASES[name] = make
        return make

    return add


def randomized(model, seed=0):
    """The network with weights that keep activations alive through all of its depth."""
    torch.manual_seed(seed)
    for name, parameter in model.named_parameters():
        data = parameter.data
        if data.dim() >= 2 and data.numel() > data.shape[-1] and "embed" not in name and "token" not in name:
            torch.nn.init.normal_(data, std=(2.0 / data[0].numel()) ** 0.5)
        elif data.dim() >= 2:
            torch.nn.init.normal_(data, std=0.5)
        elif name.endswith("weight"):
            data.uniform_(0.5, 1.0)
        else:
            data.uniform_(-0.3, 0.3)
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.uniform_(-0.3, 0.3)
        elif name.endswith("running_var"):
            buffer.uniform_(0.5, 1.5)
    return model.eval()


# transformers


def transformers_case(name, config, kind, size=None, output="logits", sharded=False, binary=False, **settings):
    @case("huggingface/" + name)
    def make(folder):
        import transformers

        made = getattr(transformers, config)(**settings)
        model = randomized(getattr(transformers, kind)(made))
        if binary:
            made.save_pretrained(folder)
            torch.save(model.state_dict(), os.path.join(folder, "pytorch_model.bin"))
        else:
            model.save_pretrained(folder, **({"max_shard_size": "100KB"} if sharded else {}))

        def run(x):
            outputs = model(x) if output != "features" else model.get_image_features(x)
            value = getattr(outputs, output) if hasattr(outputs, output) else outputs
            return getattr(value, "pooler_output", value)

        side = size or getattr(made, "image_size", 224)
        return model, run, folder, (side, side)


SMALL = dict(hidden_size=48, num_hidden_layers=2, num_attention_heads=3, intermediate_size=96, image_size=32, patch_size=8)
transformers_case("vit", "ViTConfig", "ViTForImageClassification", num_labels=7, **SMALL)
transformers_case("vit-sharded", "ViTConfig", "ViTForImageClassification", sharded=True, num_labels=7, **SMALL)
transformers_case("vit-bin", "ViTConfig", "ViTForImageClassification", binary=True, num_labels=7, **SMALL)
transformers_case("deit-distilled", "DeiTConfig", "DeiTForImageClassificationWithTeacher", num_labels=7, **SMALL)
transformers_case("deit", "DeiTConfig", "DeiTForImageClassification", num_labels=7, **SMALL)
transformers_case(
    "dinov2", "Dinov2Config", "Dinov2ForImageClassification", num_labels=7, hidden_size=48, num_hidden_layers=2,
    num_attention_heads=3, image_size=40, patch_size=8, mlp_ratio=2)
transformers_case(
    "dinov2-resampled", "Dinov2Config", "Dinov2ForImageClassification", size=56, num_labels=7, hidden_size=48,
    num_hidden_layers=2, num_attention_heads=3, image_size=40, patch_size=8, mlp_ratio=2)
transformers_case(
    "dinov2-swiglu", "Dinov2Config", "Dinov2ForImageClassification", num_labels=7, hidden_size=48, num_hidden_layers=2,
    num_attention_heads=3, image_size=40, patch_size=8, use_swiglu_ffn=True)
transformers_case(
    "dinov2-registers", "Dinov2WithRegistersConfig", "Dinov2WithRegistersForImageClassification", num_labels=7,
    hidden_size=48, num_hidden_layers=2, num_attention_heads=3, image_size=40, patch_size=8, num_register_tokens=4)
transformers_case(
    "dinov3", "DINOv3ViTConfig", "DINOv3ViTModel", output="pooler_output", hidden_size=48, num_hidden_layers=2,
    num_attention_heads=3, intermediate_size=96, image_size=32, patch_size=8, num_register_tokens=4)
transformers_case("beit", "BeitConfig", "BeitForImageClassification", num_labels=7, use_relative_position_bias=True,
                  use_mean_pooling=True, layer_scale_init_value=0.1, **SMALL)
transformers_case(
    "resnet", "ResNetConfig", "ResNetForImageClassification", size=64, num_labels=7, embedding_size=16,
    hidden_sizes=[32, 48, 64, 96], depths=[1, 2, 1, 1])
transformers_case(
    "resnet-basic", "ResNetConfig", "ResNetForImageClassification", size=64, num_labels=7, embedding_size=16,
    hidden_sizes=[16, 48, 64, 96], depths=[1, 2, 1, 1], layer_type="basic")
transformers_case(
    "resnet-v1", "ResNetConfig", "ResNetForImageClassification", size=64, num_labels=7, embedding_size=16,
    hidden_sizes=[32, 48, 64, 96], depths=[1, 2, 1, 1], downsample_in_bottleneck=True)
transformers_case(
    "convnext", "ConvNextConfig", "ConvNextForImageClassification", size=64, num_labels=7, hidden_sizes=[16, 24, 32, 48],
    depths=[1, 1, 2, 1], layer_scale_init_value=0.1)
transformers_case(
    "convnextv2", "ConvNextV2Config", "ConvNextV2ForImageClassification", size=64, num_labels=7,
    hidden_sizes=[16, 24, 32, 48], depths=[1, 1, 2, 1])
transformers_case(
    "swin", "SwinConfig", "SwinForImageClassification", num_labels=7, image_size=64, patch_size=4, embed_dim=24,
    depths=[2, 2], num_heads=[2, 4], window_size=4)
transformers_case(
    "swinv2", "Swinv2Config", "Swinv2ForImageClassification", num_labels=7, image_size=64, patch_size=4, embed_dim=24,
    depths=[2, 2], num_heads=[2, 4], window_size=4)
transformers_case(
    "swinv2-widened", "Swinv2Config", "Swinv2ForImageClassification", num_labels=7, image_size=64, patch_size=4, embed_dim=24,
    depths=[2, 2], num_heads=[2, 4], window_size=8, pretrained_window_sizes=[6, 6])
transformers_case("mobilevit", "MobileViTConfig", "MobileViTForImageClassification", num_labels=7, size=96)
transformers_case("mobilevitv2", "MobileViTV2Config", "MobileViTV2ForImageClassification", num_labels=7, size=128,
                  width_multiplier=0.5)
transformers_case("mobilenet_v1", "MobileNetV1Config", "MobileNetV1ForImageClassification", size=64, num_labels=7,
                  depth_multiplier=0.25)
transformers_case("mobilenet_v2", "MobileNetV2Config", "MobileNetV2ForImageClassification", size=64, num_labels=7,
                  depth_multiplier=0.35)
transformers_case("efficientnet", "EfficientNetConfig", "EfficientNetForImageClassification", size=64, num_labels=7,
                  image_size=64, width_coefficient=0.5, depth_coefficient=1.0, hidden_dim=640)
transformers_case(
    "regnet-y", "RegNetConfig", "RegNetForImageClassification", size=64, num_labels=7, embedding_size=16,
    hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 2, 1], groups_width=8, layer_type="y")
transformers_case(
    "regnet-x", "RegNetConfig", "RegNetForImageClassification", size=64, num_labels=7, embedding_size=16,
    hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 2, 1], groups_width=8, layer_type="x")
transformers_case("clip-vision", "CLIPVisionConfig", "CLIPVisionModelWithProjection", output="image_embeds",
                  projection_dim=20, **SMALL)
transformers_case("clip-classifier", "CLIPConfig", "CLIPForImageClassification", size=32, num_labels=7,
                  vision_config=dict(SMALL))
transformers_case(
    "clip", "CLIPConfig", "CLIPModel", size=32, output="features", projection_dim=20, vision_config=dict(SMALL),
    text_config=dict(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, vocab_size=50))
transformers_case("siglip-vision", "SiglipVisionConfig", "SiglipVisionModel", output="pooler_output", **SMALL)
transformers_case("siglip-classifier", "SiglipConfig", "SiglipForImageClassification", size=32, num_labels=7,
                  vision_config=dict(SMALL))
transformers_case(
    "segformer", "SegformerConfig", "SegformerForSemanticSegmentation", size=64, num_labels=5,
    hidden_sizes=[16, 24, 32, 48], depths=[1, 1, 1, 1], num_attention_heads=[1, 2, 2, 4], decoder_hidden_size=32)


# timm

TIMM = {
    "resnet18": {}, "resnet18d": {}, "resnet26t": {}, "resnet50c": {}, "resnet50s": {}, "resnext50_32x4d": {},
    "seresnet50": {}, "wide_resnet50_2": {}, "densenet121": {}, "densenet169": {}, "vgg11": {}, "vgg13_bn": {},
    "mobilenetv2_050": {}, "mobilenetv2_100": {}, "mobilenetv3_small_100": {}, "mobilenetv3_large_100": {},
    "tf_mobilenetv3_small_100": {}, "tf_mobilenetv3_large_minimal_100": {}, "efficientnet_b0": {},
    "tf_efficientnet_b1": {}, "efficientnet_lite0": {}, "tf_efficientnet_lite1": {}, "efficientnetv2_rw_t": {},
    "tf_efficientnetv2_b0": {}, "mnasnet_100": {}, "regnetx_002": {}, "regnety_004": {}, "convnext_atto": {},
    "convnextv2_atto": {}, "vit_tiny_patch16_224": {}, "deit_tiny_distilled_patch16_224": {},
    "vit_small_patch14_reg4_dinov2": dict(depth=2, embed_dim=96, num_heads=3, img_size=56),
    "vit_base_patch16_siglip_224": dict(depth=2, embed_dim=96, num_heads=3),
    "vit_base_patch16_clip_224": dict(depth=2, embed_dim=96, num_heads=3),
    "beit_base_patch16_224": dict(depth=2, embed_dim=96, num_heads=3, img_size=64),
    "swin_tiny_patch4_window7_224": {}, "swin_s3_tiny_224": {}, "eva02_tiny_patch14_224": dict(depth=2),
    "eva02_base_patch14_224": dict(depth=2, embed_dim=96, num_heads=3),
    "swinv2_tiny_window8_256": dict(img_size=256), "swinv2_base_window12to16_192to256": dict(img_size=256, embed_dim=48),
    "maxvit_tiny_rw_224": {}, "maxvit_rmlp_pico_rw_256": dict(img_size=256), "maxvit_tiny_tf_224": {},
    "mobilevit_xxs": {}, "mobilevit_xs": {}, "mobilevit_s": {}, "mobilevitv2_050": {}, "mobilevitv2_100": {},
}


def timm_case(name, settings):
    @case("timm/" + name)
    def make(folder):
        import timm
        from timm.models._hub import save_for_hf

        classes = 0 if "dinov2" in name else 7
        model = randomized(timm.create_model(name, num_classes=classes, **settings))
        save_for_hf(model, folder, model_args=settings, safe_serialization=True)
        side = settings.get("img_size") or (224 if any(k in name for k in ("vit_", "deit", "swin", "beit", "eva")) else 96 if "mobilevit" in name else 64)
        return model, model, folder, (side, side)


for timm_name, timm_settings in TIMM.items():
    timm_case(timm_name, timm_settings)


# torchvision

TORCHVISION = (
    "alexnet convnext_small convnext_tiny densenet121 densenet161 densenet169 densenet201 efficientnet_b0 efficientnet_b1 "
    "efficientnet_b2 efficientnet_b3 efficientnet_b4 efficientnet_b5 efficientnet_v2_m efficientnet_v2_s maxvit_t mnasnet0_5 "
    "mnasnet0_75 mnasnet1_0 mnasnet1_3 mobilenet_v2 mobilenet_v3_large mobilenet_v3_small regnet_x_1_6gf regnet_x_3_2gf "
    "regnet_x_400mf regnet_x_800mf regnet_x_8gf regnet_y_1_6gf regnet_y_3_2gf regnet_y_400mf regnet_y_800mf regnet_y_8gf "
    "resnet101 resnet152 resnet18 resnet34 resnet50 resnext101_32x8d resnext50_32x4d squeezenet1_0 squeezenet1_1 swin_s swin_t "
    "swin_v2_s swin_v2_t vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn vit_b_16 vit_b_32 wide_resnet101_2 "
    "wide_resnet50_2"
).split()


def torchvision_case(name):
    @case("torchvision/" + name)
    def make(folder):
        import torchvision

        model = randomized(getattr(torchvision.models, name)(weights=None, num_classes=7))
        path = os.path.join(folder, name + ".pth")
        torch.save(model.state_dict(), path)
        side = 224 if "vit" in name or "swin" in name else 96
        return model, model, path, (side, side)


for torchvision_name in TORCHVISION:
    torchvision_case(torchvision_name)


# Ways to save


def small_network():
    import torchvision

    return randomized(torchvision.models.resnet18(weights=None, num_classes=5))


def pickle_case(name, close=1e-4):
    def add(save):
        @case("pickle/" + name)
        def make(folder):
            model = small_network()
            path = os.path.join(folder, "model.pth")
            changed = save(model, model.state_dict(), path)
            model = changed or model
            return model, model, path, (64, 64)

        return save

    return add


def prefixed(state, prefix):
    return {prefix + key: value for key, value in state.items()}


@pickle_case("plain")
def plain(model, state, path):
    torch.save(state, path)


@pickle_case("legacy")
def legacy(model, state, path):
    torch.save(state, path, _use_new_zipfile_serialization=False)


for protocol in (2, 3, 4, 5):
    @pickle_case(f"protocol-{protocol}")
    def with_protocol(model, state, path, protocol=protocol):
        torch.save(state, path, pickle_protocol=protocol)

    @pickle_case(f"legacy-protocol-{protocol}")
    def with_legacy_protocol(model, state, path, protocol=protocol):
        torch.save(state, path, pickle_protocol=protocol, _use_new_zipfile_serialization=False)


@pickle_case("dict")
def dictionary(model, state, path):
    torch.save(dict(state), path)


@pickle_case("parameters")
def parameters(model, state, path):
    torch.save({**state, **dict(model.named_parameters())}, path)


@pickle_case("whole-module")
def whole_module(model, state, path):
    torch.save(model, path)


@pickle_case("whole-module-legacy")
def whole_module_legacy(model, state, path):
    torch.save(model, path, _use_new_zipfile_serialization=False)


@pickle_case("data-parallel")
def data_parallel(model, state, path):
    torch.save({"epoch": 3, "best_acc1": torch.tensor(71.5), "state_dict": prefixed(state, "module.")}, path)


@pickle_case("compiled")
def compiled(model, state, path):
    torch.save({"model": prefixed(state, "_orig_mod."), "step": 10}, path)


@pickle_case("lightning")
def lightning(model, state, path):
    torch.save(
        {"epoch": 1, "pytorch-lightning_version": "2.1.0", "state_dict": {**prefixed(state, "model."), "loss.weight": torch.ones(5)},
         "optimizer_states": [{"state": {0: {"step": torch.tensor(1.0)}}, "param_groups": [{"lr": 0.1}]}],
         "hyper_parameters": argparse.Namespace(lr=0.1, name="x"), "callbacks": {}}, path)


@pickle_case("training")
def training(model, state, path):
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.zeros(2, 3, 64, 64)).sum().backward()
    optimizer.step()
    model.eval()
    torch.save({"model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict(), "args": argparse.Namespace(a=1)}, path)


@pickle_case("ema")
def ema(model, state, path):
    torch.save({"net": state, "ema": {k: torch.zeros_like(v) for k, v in state.items()}}, path)


@pickle_case("averaged")
def averaged(model, state, path):
    torch.save({"model_ema": {"n_averaged": torch.tensor(3), **prefixed(state, "module.")}}, path)


@pickle_case("half")
def half(model, state, path):
    model.half().float()
    torch.save({k: v.half() if v.is_floating_point() else v for k, v in model.state_dict().items()}, path)


@pickle_case("bfloat16")
def bfloat16(model, state, path):
    model.bfloat16().float()
    torch.save({k: v.bfloat16() if v.is_floating_point() else v for k, v in model.state_dict().items()}, path)


@pickle_case("double")
def double(model, state, path):
    torch.save({k: v.double() if v.is_floating_point() else v for k, v in state.items()}, path)


@pickle_case("strided")
def strided(model, state, path):
    def turned(tensor):
        if tensor.dim() == 4:
            return tensor.to(memory_format=torch.channels_last)
        return tensor.t().contiguous().t() if tensor.dim() == 2 else tensor

    torch.save({k: turned(v) for k, v in state.items()}, path)


@pickle_case("one-storage")
def one_storage(model, state, path):
    floats = {k: v for k, v in state.items() if v.is_floating_point()}
    whole = torch.cat([torch.zeros(3)] + [v.flatten() for v in floats.values()])
    parts, start = {}, 3
    for key, value in floats.items():
        parts[key] = whole[start : start + value.numel()].view(value.shape)
        start += value.numel()
    torch.save(parts, path)


@pickle_case("safetensors-named-pth")
def safetensors_named(model, state, path):
    from safetensors.torch import save_file

    save_file({k: v.contiguous() for k, v in state.items()}, path)


@pickle_case("tuple")
def in_tuple(model, state, path):
    torch.save((state, {"epoch": 1}), path)


@pickle_case("numpy-scalars")
def numpy_scalars(model, state, path):
    torch.save({"best": np.float64(0.5), "history": np.arange(4), "state_dict": state}, path)


@pickle_case("cifar")
def cifar(model, state, path):
    model.conv1 = torch.nn.Conv2d(3, 64, 3, 1, 1, bias=False)
    model.maxpool = torch.nn.Identity()
    randomized(model, 1)
    torch.save(model.state_dict(), path)


@pickle_case("grey")
def grey(model, state, path):
    model.conv1 = torch.nn.Conv2d(1, 64, 7, 2, 3, bias=False)
    randomized(model, 2)
    torch.save(model.state_dict(), path)


# Comparing


def limn(command, *arguments):
    run = subprocess.run([command, *map(str, arguments)], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"limn {arguments[0]}: {run.stderr.strip().splitlines()[-1] if run.stderr else run.returncode}")
    return run.stdout


def compare(command, model, run, path, size):
    """How far logits and a class's gradient are off, and how far rounding moves the gradient where it is off."""
    channels = next(p.shape[1] for p in model.parameters() if p.dim() == 4)
    x = torch.randn(1, channels, *size)

    def scores(image):
        logits = run(image)
        # What is explained of a segmentation is a region; its gradient is not that of a mean.
        if logits.dim() > 2:
            logits = logits.mean((2, 3)) if logits.dim() == 4 else logits[:, 0]
        return logits[0]

    model.double()
    image = x.double()
    with torch.no_grad():
        expected = scores(image).numpy()
        segments = run(image).dim() == 4
    target = int(expected.argmax())
    pulled = input_gradient(lambda image: scores(image)[target], image)
    with tempfile.TemporaryDirectory() as folder:
        source, gradient = os.path.join(folder, "x.npy"), os.path.join(folder, "gradient.npy")
        np.save(source, x.numpy())
        network = ["--model", path, "--size", f"{size[0]}x{size[1]}"]
        report = json.loads(limn(command, "predict", source, *network, "--json", "--top", len(expected)))[0]
        found = np.zeros(len(expected))
        for prediction in report["predictions"]:
            found[prediction["index"]] = prediction["logit"]
        limn(command, "explain", source, *network, "--method", "gradient", "--target", target, "-o", gradient)
        off = 0.0 if segments else deviation(np.load(gradient), pulled)
    kinks = 0.0
    if off > 1e-4:
        kinks = rounding(lambda image: scores(image)[target], image, pulled)
        model.float()
        kinks = max(kinks, deviation(input_gradient(lambda image: scores(image)[target], x), pulled))
    model.float()
    return deviation(found, expected), off, kinks


def main(command, names):
    chosen = [c for c in CASES if not names or any(c.startswith(n) for n in names)]
    failures = 0
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            torch.manual_seed(7)
            try:
                model, run, path, size = CASES[name](folder)
                # Rounding lets a few rectifiers or maxima choose the other side: further images are tried.
                tries = [compare(command, model, run, path, size)]
                while tries[-1][1] > 1e-4 and len(tries) < 4:
                    tries.append(compare(command, model, run, path, size))
                logits = max(t[0] for t in tries)
                _, gradient, kinks = min(tries, key=lambda t: t[1])
                bad = not (logits < 1e-5 and gradient < max(1e-4, 2 * kinks))
                remark = f" (by rounding, PyTorch's: {kinks:.1e})" if gradient > 1e-4 else ""
                print(f"{'FAIL ' if bad else ''}{name}: logits {logits:.1e}, gradient {gradient:.1e}{remark}", flush=True)
            except Exception as error:
                bad = True
                print(f"FAIL {name}: {type(error).__name__}: {error}", flush=True)
            failures += bad
    print(f"{len(chosen) - failures} of {len(chosen)} agree")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
