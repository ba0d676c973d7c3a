"""The networks that compare_exports_with_torch.py exports: every family people have, in small versions where there are any."""

import copy
import math

import timm
import torch
import torchvision
from torch import nn
from torch.nn import functional


def tv(name, **options):
    return lambda: getattr(torchvision.models, name)(weights=None, num_classes=10, **options)


def tm(name, **options):
    return lambda: timm.create_model(name, pretrained=False, num_classes=10, **options)


def segmentation(name):
    make = getattr(torchvision.models.segmentation, name)
    return lambda: Pooled(make(weights=None, weights_backbone=None, num_classes=5))


def vision_transformer():
    return torchvision.models.VisionTransformer(
        image_size=64, patch_size=16, num_layers=2, num_heads=4, hidden_dim=64, mlp_dim=128, num_classes=10)


class Pooled(nn.Module):
    """A segmentation network with one score per class: the mean over the image."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x)["out"].mean((2, 3))


class UNet(nn.Module):
    """Two levels with transposed convolutions of several kinds, group and instance normalisation."""

    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1), nn.GroupNorm(4, 16), nn.Mish())
        self.deep = nn.Sequential(nn.Conv2d(16, 32, 3, 2, 1), nn.InstanceNorm2d(32, affine=True), nn.Hardswish())
        self.deeper = nn.Sequential(nn.Conv2d(32, 32, 3, 2, 2, dilation=2), nn.BatchNorm2d(32), nn.LeakyReLU(0.1))
        self.up = nn.ConvTranspose2d(32, 32, 3, 2, 1, output_padding=1, groups=4)
        self.higher = nn.ConvTranspose2d(64, 16, 4, 2, 1)
        self.head = nn.Conv2d(32, 10, 1)

    def forward(self, x):
        x = self.down(x)
        deep = self.deep(x)
        deep = torch.cat([deep, self.up(self.deeper(deep))], 1)
        return self.head(torch.cat([x, self.higher(deep)], 1)).mean((2, 3))


class Resizing(nn.Module):
    """Every way that PyTorch enlarges and shrinks a map, one after the other."""

    def __init__(self, shrinks=True):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, 1, 1)
        self.shrinks = shrinks
        self.head = nn.Linear(8 * 4, 10)

    def forward(self, x):
        f = functional.interpolate
        x = f(self.conv(x), scale_factor=2, mode="nearest")
        x = f(x, size=(37, 29), mode="bilinear", align_corners=False)
        x = f(x, size=(50, 41), mode="bilinear", align_corners=True)
        x = f(x, size=(33, 60), mode="bicubic", align_corners=False)
        if self.shrinks:
            x = f(x, size=(30, 31), mode="bicubic", align_corners=True)
            x = f(x, scale_factor=0.5, mode="bilinear")
        x = functional.pixel_shuffle(torch.cat([x] * 4, 1), 2)
        return self.head(functional.adaptive_avg_pool2d(x.sin(), 2).flatten(1))


class SpelledOut(nn.Module):
    """Activations and normalisations written as arithmetic, as authors do who have no operator for them."""

    def __init__(self):
        super().__init__()
        self.conv = nn.ModuleList(nn.Conv2d(3 if i == 0 else 12, 12, 3, 1, 1) for i in range(9))
        self.gain, self.bias = nn.Parameter(torch.rand(12) + 0.5), nn.Parameter(torch.randn(12) * 0.1)
        self.head = nn.Linear(12, 10)

    def forward(self, x):
        c = self.conv
        x = c[0](x)
        x = x * torch.sigmoid(x)
        x = c[1](x)
        x = 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))
        x = c[2](x)
        x = 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * torch.pow(x, 3))))
        x = c[3](x)
        x = x * torch.tanh(torch.log(1 + torch.exp(x)))
        x = c[4](x)
        x = x * torch.clamp(x + 3, 0, 6) / 6
        x = c[5](x)
        x = x * functional.relu6(x + 3) / 6
        x = c[6](x)
        x = x * torch.sigmoid(1.702 * x)
        x = c[7](x)
        mean = x.mean(1, keepdim=True)
        variance = (x - mean).pow(2).mean(1, keepdim=True)
        x = (x - mean) / torch.sqrt(variance + 1e-6) * self.gain[:, None, None] + self.bias[:, None, None]
        x = c[8](x)
        groups = x.reshape(1, 3, -1)
        groups = (groups - groups.mean(-1, keepdim=True)) / torch.sqrt(groups.var(-1, keepdim=True) + 1e-5)
        return self.head(groups.reshape(x.shape).mean((2, 3)))


OLDER_ACTIVATIONS = [
    nn.ReLU(), nn.ReLU6(), nn.LeakyReLU(0.25), nn.PReLU(12), nn.ELU(), nn.SELU(), nn.GELU(), nn.SiLU(), nn.Hardtanh(),
    nn.Softplus(2), nn.Softsign(), nn.Tanh(), nn.Sigmoid(), nn.LogSigmoid(), nn.GLU(1), nn.Softshrink(0.25),
    nn.Hardshrink(0.25),
]
NEWER_ACTIVATIONS = [
    nn.CELU(0.75), nn.GELU(approximate="tanh"), nn.Mish(), nn.Hardswish(), nn.Hardsigmoid(), nn.Threshold(0.125, -1),
    nn.RReLU(0.125, 0.25), nn.Tanhshrink(),
]


class Activations(nn.Module):
    """Activations one after the other, each behind a convolution with normalisation."""

    def __init__(self, kinds):
        super().__init__()
        self.steps = nn.ModuleList()
        width = 3
        for kind in kinds:
            self.steps.append(nn.Conv2d(width, 12, 3, 1, 1))
            self.steps.append(nn.BatchNorm2d(12))
            self.steps.append(copy.deepcopy(kind))
            width = 6 if isinstance(kind, nn.GLU) else 12
        self.head = nn.Linear(12, 10)

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return self.head(x.mean((2, 3)))


class Normalised(nn.Module):
    """Group, instance, layer and local response normalisation, and weights that are standardised on the way."""

    def __init__(self, hasRootMeanSquare=False):
        super().__init__()
        self.stem, self.group = nn.Conv2d(3, 16, 3, 2, 1), nn.GroupNorm(4, 16)
        self.second, self.instance = nn.Conv2d(16, 16, 3, 1, 1), nn.InstanceNorm2d(16, track_running_stats=True)
        self.third, self.layer = nn.Conv2d(16, 16, 3, 1, 1), nn.LayerNorm(16)
        self.fourth, self.local = nn.Conv2d(16, 16, 3, 1, 1), nn.LocalResponseNorm(5, 0.01)
        self.fifth, self.one = nn.utils.parametrizations.weight_norm(nn.Conv2d(16, 16, 3, 1, 1)), nn.GroupNorm(1, 16)
        self.norm = nn.RMSNorm(16) if hasRootMeanSquare else nn.Identity()
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        x = functional.gelu(self.group(self.stem(x)))
        x = functional.silu(self.instance(self.second(x)))
        x = functional.relu(self.layer(self.third(x).permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
        x = functional.elu(self.local(self.fourth(x)))
        x = functional.normalize(self.one(self.fifth(x)), dim=1)
        return self.head(self.norm(x.mean((2, 3))))


# Name, the side of its images, and how it is made.
NETWORKS = [
    ("alexnet", 224, tv("alexnet")),
    ("vgg11_bn", 224, tv("vgg11_bn")),
    ("resnet18", 64, tv("resnet18")),
    ("resnet50", 64, tv("resnet50")),
    ("resnext50_32x4d", 64, tv("resnext50_32x4d")),
    ("wide_resnet50_2", 64, tv("wide_resnet50_2")),
    ("squeezenet1_0", 96, tv("squeezenet1_0")),
    ("squeezenet1_1", 96, tv("squeezenet1_1")),
    ("densenet121", 64, tv("densenet121")),
    ("googlenet", 96, tv("googlenet", aux_logits=False, init_weights=False)),
    ("inception_v3", 128, tv("inception_v3", aux_logits=False, init_weights=False)),
    ("timm/inception_v4", 128, tm("inception_v4")),
    ("timm/inception_resnet_v2", 128, tm("inception_resnet_v2")),
    ("timm/xception41", 96, tm("xception41")),
    ("timm/mobilenetv1_100", 64, tm("mobilenetv1_100")),
    ("mobilenet_v2", 64, tv("mobilenet_v2")),
    ("mobilenet_v3_small", 64, tv("mobilenet_v3_small")),
    ("timm/mobilenetv4_conv_small", 64, tm("mobilenetv4_conv_small")),
    ("timm/mobilenetv4_hybrid_medium", 96, tm("mobilenetv4_hybrid_medium")),
    ("efficientnet_b0", 64, tv("efficientnet_b0")),
    ("timm/tf_efficientnet_b0", 65, tm("tf_efficientnet_b0")),
    ("efficientnet_v2_s", 64, tv("efficientnet_v2_s")),
    ("timm/tf_efficientnetv2_b0", 64, tm("tf_efficientnetv2_b0")),
    ("mnasnet0_5", 64, tv("mnasnet0_5")),
    ("shufflenet_v2_x0_5", 64, tv("shufflenet_v2_x0_5")),
    ("regnet_y_400mf", 64, tv("regnet_y_400mf")),
    ("regnet_x_400mf", 64, tv("regnet_x_400mf")),
    ("timm/nf_resnet26", 96, tm("nf_resnet26")),
    ("timm/nfnet_l0", 96, tm("nfnet_l0")),
    ("timm/dm_nfnet_f0", 96, tm("dm_nfnet_f0")),
    ("timm/resnetv2_50", 64, tm("resnetv2_50")),
    ("timm/resnest14d", 64, tm("resnest14d")),
    ("timm/seresnet18", 64, tm("legacy_seresnet18")),
    ("timm/resnetblur18", 64, tm("resnetblur18")),
    ("timm/repvgg_a0", 64, tm("repvgg_a0")),
    ("timm/dla34", 64, tm("dla34")),
    ("timm/hrnet_w18_small", 64, tm("hrnet_w18_small")),
    ("timm/vovnet39a", 64, tm("vovnet39a")),
    ("timm/ghostnet_100", 64, tm("ghostnet_100")),
    ("timm/cspresnet50", 64, tm("cspresnet50")),
    ("convnext_tiny", 64, tv("convnext_tiny")),
    ("timm/convnext_atto", 64, tm("convnext_atto")),
    ("timm/convnextv2_atto", 64, tm("convnextv2_atto")),
    ("vit", 64, vision_transformer),
    ("timm/vit_tiny", 96, tm("vit_tiny_patch16_224", img_size=96, depth=3)),
    ("timm/vit_tiny_gap", 96, tm("vit_tiny_patch16_224", img_size=96, depth=3, class_token=False, global_pool="avg")),
    ("timm/vit_tiny_reg4", 96, tm("vit_tiny_patch16_224", img_size=96, depth=3, reg_tokens=4, global_pool="avg")),
    ("timm/vit_tiny_map", 96, tm("vit_tiny_patch16_224", img_size=96, depth=3, class_token=False, global_pool="map")),
    ("timm/deit_tiny_distilled", 96, tm("deit_tiny_distilled_patch16_224", img_size=96, depth=3)),
    ("timm/deit3", 96, tm("deit3_small_patch16_224", img_size=96, depth=3, embed_dim=192, num_heads=3)),
    ("timm/cait_xxs24", 96, tm("cait_xxs24_224", img_size=96, depth=2)),
    ("timm/beit", 96, tm("beit_base_patch16_224", img_size=96, embed_dim=96, depth=3, num_heads=3)),
    ("timm/beitv2", 96, tm("beitv2_base_patch16_224", img_size=96, embed_dim=96, depth=3, num_heads=3)),
    ("timm/eva02_tiny", 112, tm("eva02_tiny_patch14_224", img_size=112, depth=3)),
    ("timm/xcit_nano", 96, tm("xcit_nano_12_p16_224", img_size=96)),
    ("swin_t", 224, tv("swin_t")),
    ("swin_v2_t", 256, tv("swin_v2_t")),
    ("timm/swin_tiny", 224, tm("swin_tiny_patch4_window7_224", embed_dim=48, depths=(2, 2, 2, 2))),
    ("timm/swinv2_tiny", 256, tm("swinv2_tiny_window8_256", embed_dim=48, depths=(2, 2, 2, 2))),
    ("timm/swinv2_cr_tiny", 224, tm("swinv2_cr_tiny_224", embed_dim=48, depths=(2, 2, 2, 2))),
    ("timm/swin_s3_tiny", 224, tm("swin_s3_tiny_224", embed_dim=48, depths=(2, 2, 2, 2))),
    ("maxvit_t", 224, tv("maxvit_t")),
    ("timm/maxvit_rmlp_pico", 256, tm("maxvit_rmlp_pico_rw_256")),
    ("timm/maxvit_tiny_tf", 224, tm("maxvit_tiny_tf_224")),
    ("timm/coatnet_nano", 224, tm("coatnet_nano_rw_224")),
    ("timm/mobilevit_xxs", 128, tm("mobilevit_xxs")),
    ("timm/mobilevitv2_050", 128, tm("mobilevitv2_050")),
    ("timm/mixer_s32", 224, tm("mixer_s32_224")),
    ("timm/resmlp_12", 224, tm("resmlp_12_224")),
    ("timm/gmlp_ti16", 224, tm("gmlp_ti16_224")),
    ("timm/poolformer_s12", 96, tm("poolformer_s12")),
    ("timm/pvt_v2_b0", 96, tm("pvt_v2_b0")),
    ("timm/twins_svt_small", 224, tm("twins_svt_small", depths=(1, 1, 2, 1))),
    ("timm/levit_128s", 224, tm("levit_128s")),
    ("timm/davit_tiny", 96, tm("davit_tiny", depths=(1, 1, 1, 1))),
    ("timm/edgenext_xx_small", 96, tm("edgenext_xx_small")),
    ("timm/focalnet_tiny_srf", 96, tm("focalnet_tiny_srf")),
    ("timm/hiera_tiny", 224, tm("hiera_tiny_224")),
    ("timm/fastvit_t8", 128, tm("fastvit_t8")),
    ("timm/efficientformer_l1", 224, tm("efficientformer_l1")),
    ("timm/efficientvit_b0", 96, tm("efficientvit_b0")),
    ("timm/repvit_m0_9", 96, tm("repvit_m0_9")),
    ("timm/visformer_tiny", 224, tm("visformer_tiny")),
    ("timm/tnt_s", 224, tm("tnt_s_legacy_patch16_224", depth=2)),
    ("timm/crossvit_tiny", 240, tm("crossvit_tiny_240")),
    ("timm/convmixer", 96, tm("convmixer_768_32")),
    ("fcn_resnet50", 64, segmentation("fcn_resnet50")),
    ("deeplabv3_mobilenet", 64, segmentation("deeplabv3_mobilenet_v3_large")),
    ("lraspp_mobilenet", 64, segmentation("lraspp_mobilenet_v3_large")),
    ("unet", 32, UNet),
    ("resizing", 32, Resizing),
    ("spelled_out", 32, SpelledOut),
    ("activations", 32, lambda: Activations(OLDER_ACTIVATIONS)),
    ("newer_activations", 32, lambda: Activations(NEWER_ACTIVATIONS)),
    ("normalised", 32, Normalised),
    ("root_mean_square", 32, lambda: Normalised(hasRootMeanSquare=True)),
]
