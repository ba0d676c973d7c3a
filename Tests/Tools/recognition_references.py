"""Writes Tests/Fixtures/recognition.json: small networks as their libraries save them, with logits in double precision.

Usage: python recognition_references.py > ../Fixtures/recognition.json   (needs numpy, timm, torch, torchvision, transformers)

Weights and the image are functions of names, shapes and places, so that only names, shapes and logits are kept.
"""

import json
import math
import sys

import numpy as np
import torch

from compare_weights_with_torch import SMALL


def weights(name, shape):
    index = np.arange(max(1, math.prod(shape)))
    wave = np.sin(0.7 * index + sum(name.encode()) % 97).reshape(shape)
    if len(shape) > 1 and not any(part in name for part in ("token", "embed", "bias_table")):
        wave = wave * math.sqrt(2 / math.prod(shape[1:]))
    elif len(shape) > 1:
        wave = 0.5 * wave
    elif name.endswith(("weight", "running_var")):
        wave = 0.8 + 0.2 * wave
    else:
        wave = 0.2 * wave
    return torch.from_numpy(np.asarray(wave, dtype=np.float32))


def reference(name, model, size, told=None, settings=None, rename=lambda n: n, run=None):
    """`rename` gives the name in files for one in memory."""
    state = {k: v for k, v in model.state_dict().items() if v.is_floating_point()}
    filled = {k: weights(rename(k), tuple(v.shape)) for k, v in state.items()}
    model.load_state_dict(filled, strict=False)
    model.double().eval()
    channels = next(p.shape[1] for p in model.parameters() if p.dim() == 4)
    image = np.sin(0.3 * np.arange(channels * size * size)).astype(np.float32).reshape(1, channels, size, size)
    with torch.no_grad():
        logits = (run or model)(torch.from_numpy(image).double())
    logits = getattr(logits, "logits", logits)
    shapes = {rename(k): list(v.shape) for k, v in sorted(state.items())}
    return dict(name=name, told=told, settings=settings, size=size, shapes=shapes,
                logits=[float(f"{v:.9g}") for v in logits.flatten()])


def classic(name):
    """The names that transformers' files have, of those that version 5 has in memory."""
    if name.startswith("swin."):
        for new, old in (("q_proj", "self.query"), ("k_proj", "self.key"), ("v_proj", "self.value"),
                         ("o_proj", "output.dense"), ("mlp.fc1", "intermediate.dense"), ("mlp.fc2", "output.dense"),
                         ("attention.relative_position_bias.", "attention.self.")):
            name = name.replace(new, old)
        return name
    for new, old in ((".layers.", ".encoder.layer."), ("attention.q_proj", "attention.attention.query"),
                     ("attention.k_proj", "attention.attention.key"), ("attention.v_proj", "attention.attention.value"),
                     ("attention.o_proj", "attention.output.dense")):
        name = name.replace(new, old)
    if name.startswith(("vit.", "deit.", "beit.")):
        name = name.replace("mlp.fc1", "intermediate.dense").replace("mlp.fc2", "output.dense")
    return name


def main():
    import timm
    import torchvision
    import transformers as hf

    made = []

    def library(name, config, kind, size, told, keep=(), rename=lambda n: n, **settings):
        model = getattr(hf, kind)(getattr(hf, config)(**settings))
        kept = {key: settings[key] for key in keep}
        made.append(reference("transformers " + name, model, size, told, kept or None, rename))

    library("vit", "ViTConfig", "ViTForImageClassification", 32, "vit", ["num_attention_heads"], classic, num_labels=5, **SMALL)
    library("deit", "DeiTConfig", "DeiTForImageClassificationWithTeacher", 32, "deit", ["num_attention_heads"], classic,
            num_labels=5, **SMALL)
    library("dinov2", "Dinov2WithRegistersConfig", "Dinov2WithRegistersForImageClassification", 56,
            "dinov2_with_registers", ["num_attention_heads"], classic, num_labels=5, hidden_size=48, num_hidden_layers=2,
            num_attention_heads=3, image_size=40, patch_size=8, num_register_tokens=4)
    library("swin", "SwinConfig", "SwinForImageClassification", 64, "swin", [], classic, num_labels=5, image_size=64,
            patch_size=4, embed_dim=24, depths=[2, 2], num_heads=[2, 4], window_size=4)
    library("resnet", "ResNetConfig", "ResNetForImageClassification", 64, "resnet", num_labels=5, embedding_size=16,
            hidden_sizes=[32, 48, 64, 96], depths=[1, 2, 1, 1])
    library("convnextv2", "ConvNextV2Config", "ConvNextV2ForImageClassification", 64, "convnextv2", num_labels=5,
            hidden_sizes=[16, 24, 32, 48], depths=[1, 1, 2, 1])
    library("regnet", "RegNetConfig", "RegNetForImageClassification", 64, "regnet", num_labels=5, embedding_size=16,
            hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 2, 1], groups_width=8, layer_type="y")
    library("mobilenet_v1", "MobileNetV1Config", "MobileNetV1ForImageClassification", 64, "mobilenet_v1", num_labels=5,
            depth_multiplier=0.25)
    library("mobilenet_v2", "MobileNetV2Config", "MobileNetV2ForImageClassification", 63, "mobilenet_v2", num_labels=5,
            depth_multiplier=0.35)
    library("mobilenet_v2 narrow", "MobileNetV2Config", "MobileNetV2ForImageClassification", 63, "mobilenet_v2", num_labels=5,
            depth_multiplier=0.25)
    library("efficientnet narrow", "EfficientNetConfig", "EfficientNetForImageClassification", 64, "efficientnet",
            ["depth_coefficient"], num_labels=5, width_coefficient=0.25, depth_coefficient=1.0, hidden_dim=320)
    library("segformer", "SegformerConfig", "SegformerForSemanticSegmentation", 32, "segformer", ["num_attention_heads"],
            num_labels=3, hidden_sizes=[16, 24, 32, 48], depths=[1, 1, 1, 1], num_attention_heads=[1, 2, 2, 4],
            decoder_hidden_size=32)
    library("swinv2", "Swinv2Config", "Swinv2ForImageClassification", 64, "swinv2",
            ["image_size", "window_size", "pretrained_window_sizes"], num_labels=5, image_size=64, patch_size=4, embed_dim=24,
            depths=[2, 2], num_heads=[2, 4], window_size=8, pretrained_window_sizes=[6, 6])
    library("mobilevit", "MobileViTConfig", "MobileViTForImageClassification", 96, "mobilevit", ["num_attention_heads"],
            num_labels=5, hidden_sizes=[16, 24, 32], neck_hidden_sizes=[8, 8, 12, 16, 16, 24, 40], num_attention_heads=2)
    library("mobilevitv2", "MobileViTV2Config", "MobileViTV2ForImageClassification", 64, "mobilevitv2", num_labels=5,
            width_multiplier=0.25, base_attn_unit_dims=[32, 48, 64], n_attn_blocks=[1, 1, 1])
    tiny = dict(embed_dim=(32, 64), depths=(1, 2), block_type=("M", "M"), stem_width=(8, 16), img_size=64)
    for name, size, settings in (
        ("swinv2_base_window12to16_192to256", 128, dict(embed_dim=24, depths=(2, 2), num_heads=(2, 4), img_size=128)),
        ("maxvit_tiny_rw_224", 64, tiny), ("maxvit_rmlp_pico_rw_256", 64, tiny), ("maxvit_tiny_tf_224", 64, tiny),
        ("mobilevitv2_050", 96, {}),
        ("resnet18d", 64, {}), ("tf_efficientnet_b0", 61, {}), ("mobilenetv3_small_050", 64, {}),
        ("vit_tiny_patch16_224", 48, dict(depth=2, img_size=64)),
        ("beit_base_patch16_224", 64, dict(depth=2, embed_dim=96, num_heads=3, img_size=64)),
    ):
        model = timm.create_model(name, num_classes=5, **settings)
        run = None
        if size != settings.get("img_size", size):
            # Position embeddings of another grid, as timm resamples them.
            other = timm.create_model(name, num_classes=5, **{**settings, "img_size": size})

            def run(x, model=model, other=other):
                state = model.state_dict()
                state = timm.models.vision_transformer.checkpoint_filter_fn(state, other)
                other.double().load_state_dict(state)
                return other.eval()(x)

        kept = {key: settings[key] for key in ("num_heads", "img_size") if key in settings}
        made.append(reference("timm " + name, model, size, name, {"model_args": kept} if kept else None, run=run))
    # Weights alone, whose stages or tokens tell which of several networks with the same names they are of.
    for name, size, settings in (
        ("mnasnet_050", 64, {}), ("semnasnet_050", 64, {}), ("mnasnet_small", 64, {}),
        ("tf_mobilenetv3_small_minimal_100", 63, {}),
        ("vit_small_patch16_dinov3", 64, dict(depth=2, embed_dim=64, num_heads=1)),
    ):
        made.append(reference("timm alone " + name, timm.create_model(name, num_classes=5, **settings), size))
    model = torchvision.models.MaxVit(
        input_size=(64, 64), stem_channels=8, partition_size=2, block_channels=[32, 64], block_layers=[1, 1], head_dim=32,
        stochastic_depth_prob=0, num_classes=5)
    made.append(reference("torchvision maxvit", model, 64))
    model = torchvision.models.SwinTransformer(
        patch_size=[4, 4], embed_dim=24, depths=[2, 2], num_heads=[2, 4], window_size=[4, 4], num_classes=5,
        block=torchvision.models.swin_transformer.SwinTransformerBlockV2,
        downsample_layer=torchvision.models.swin_transformer.PatchMergingV2)
    made.append(reference("torchvision swinv2", model, 64))
    json.dump(made, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
