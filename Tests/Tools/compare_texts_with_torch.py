"""Compares classes that are told by texts with what transformers and OpenCLIP compute: logits and an input gradient.

Usage: python compare_texts_with_torch.py LIMN [CASE…]   (needs numpy, onnx, open_clip, safetensors, sentencepiece, torch, transformers)

Small networks with random weights are saved as each library saves them, with small tokenizers of our own. Nothing is downloaded.
"""

import json
import os
import sys
import tempfile

import numpy as np
import torch

import tokenizer_cases
from compare_weights_with_torch import limn, randomized
from rounding import deviation, input_gradient

TEXTS = ["a photo of a dog", "A photo of a CAT's bowl!", "🐶 in the café, 3 times", "word " * 100, "狗"]
CASES = {}
IMAGE = dict(hidden_size=48, num_hidden_layers=2, num_attention_heads=3, intermediate_size=96, image_size=32, patch_size=8)
TEXT = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)


def case(name):
    def add(make):
        CASES[name] = make
        return make

    return add


def clip(folder, end=None, export=False):
    import transformers as hf

    tokenizer_cases.clip(folder)
    tokenizer = hf.CLIPTokenizerFast(tokenizer_file=os.path.join(folder, "tokenizer.json"))
    text = dict(TEXT, vocab_size=len(tokenizer), eos_token_id=tokenizer.eos_token_id if end is None else end, bos_token_id=0)
    model = randomized(hf.CLIPModel(hf.CLIPConfig(vision_config=IMAGE, text_config=text, projection_dim=20)))
    model.logit_scale.data.fill_(2.5)
    model.save_pretrained(folder)
    tokens = tokenizer(TEXTS, truncation=True, max_length=77, padding=True, return_tensors="pt")
    return model, lambda x: model(pixel_values=x, **tokens).logits_per_image, folder


@case("clip")
def clip_now(folder):
    return clip(folder)


@case("clip-old-end")
def clip_old(folder):
    return clip(folder, end=2)


@case("clip-two-files")
def clip_two_files(folder):
    made = clip(folder)
    os.remove(os.path.join(folder, "tokenizer.json"))
    return made


def exported(folder, model, tokens):
    class Whole(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids, pixel_values, attention_mask):
            out = self.model(input_ids=input_ids, pixel_values=pixel_values, attention_mask=attention_mask)
            return out.logits_per_image, out.logits_per_text, out.text_embeds, out.image_embeds

    os.makedirs(os.path.join(folder, "onnx"), exist_ok=True)
    path = os.path.join(folder, "onnx", "model.onnx")
    names = ["input_ids", "pixel_values", "attention_mask"]
    torch.onnx.export(
        Whole(), (tokens["input_ids"], torch.zeros(1, 3, 32, 32), tokens["attention_mask"]), path, input_names=names,
        output_names=["logits_per_image", "logits_per_text", "text_embeds", "image_embeds"], dynamo=False, opset_version=17,
        dynamic_axes={"input_ids": {0: "texts", 1: "tokens"}, "pixel_values": {0: "images"}, "attention_mask": {0: "texts", 1: "tokens"}})
    return path


@case("onnx-clip")
def onnx_clip(folder):
    import transformers as hf

    model, run, folder = clip(folder)
    tokenizer = hf.CLIPTokenizerFast(tokenizer_file=os.path.join(folder, "tokenizer.json"))
    tokens = tokenizer(TEXTS, truncation=True, max_length=77, padding=True, return_tensors="pt")
    path = exported(folder, model, tokens)
    os.remove(os.path.join(folder, "model.safetensors"))
    return model, run, path


@case("onnx-image-half")
def onnx_image_half(folder):
    model, run, folder = clip(folder)

    class Image(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, pixel_values):
            out = self.model.get_image_features(pixel_values=pixel_values)
            return getattr(out, "pooler_output", out)

    path = os.path.join(folder, "vision_model.onnx")
    torch.onnx.export(
        Image(), (torch.zeros(1, 3, 32, 32),), path, input_names=["pixel_values"], output_names=["image_embeds"], dynamo=False,
        opset_version=17, dynamic_axes={"pixel_values": {0: "images"}})
    return model, run, path


def siglip(folder, tokens, vocabulary, places=64):
    import transformers as hf

    text = dict(TEXT, projection_size=48, vocab_size=vocabulary, max_position_embeddings=places, pad_token_id=1, bos_token_id=None, eos_token_id=1)
    model = randomized(hf.SiglipModel(hf.SiglipConfig(vision_config=IMAGE, text_config=text)))
    model.logit_scale.data.fill_(2.0)
    model.logit_bias.data.fill_(-3.0)
    model.save_pretrained(folder)
    rows = torch.tensor(tokens)
    return model, lambda x: model(pixel_values=x, input_ids=rows).logits_per_image, folder


@case("siglip")
def siglip_pieces(folder):
    import transformers as hf

    tokenizer_cases.sentence_pieces(folder)
    tokenizer = hf.SiglipTokenizer(os.path.join(folder, "spiece.model"))
    rows = tokenizer(TEXTS, truncation=True, max_length=64, padding="max_length").input_ids
    return siglip(folder, rows, len(tokenizer))


@case("siglip-2")
def siglip_2(folder):
    import tokenizers

    tokenizer_cases.gemma(folder)
    tokenizer_cases.write(folder, "tokenizer_config.json", json.dumps(
        {"tokenizer_class": "GemmaTokenizerFast", "pad_token": "<pad>", "padding_side": "right"}))
    tokenizer = tokenizers.Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    tokenizer.enable_truncation(64)
    tokenizer.enable_padding(pad_id=0, pad_token="<pad>", length=64)
    rows = [tokenizer.encode(text).ids for text in TEXTS]
    return siglip(folder, rows, tokenizer.get_vocab_size())


@case("openclip")
def openclip(folder):
    import open_clip
    import transformers as hf
    from safetensors.torch import save_file

    tokenizer_cases.clip(folder)
    tokenizer = hf.CLIPTokenizerFast(tokenizer_file=os.path.join(folder, "tokenizer.json"))
    settings = dict(
        embed_dim=20, vision_cfg=dict(layers=2, width=64, patch_size=8, image_size=32),
        text_cfg=dict(context_length=77, vocab_size=len(tokenizer), width=128, heads=2, layers=2))
    model = randomized(open_clip.CLIP(**settings))
    model.logit_scale.data.fill_(2.5)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, os.path.join(folder, "open_clip_model.safetensors"))
    with open(os.path.join(folder, "open_clip_config.json"), "w") as file:
        json.dump({"model_cfg": settings, "preprocess_cfg": {"mean": [0.5] * 3, "std": [0.25] * 3}}, file)
    rows = tokenizer(TEXTS, truncation=True, max_length=77).input_ids
    # OpenCLIP fills up by zeros.
    tokens = torch.tensor([row + [0] * (77 - len(row)) for row in rows])

    def run(x):
        image = torch.nn.functional.normalize(model.encode_image(x), dim=-1)
        text = torch.nn.functional.normalize(model.encode_text(tokens), dim=-1)
        return model.logit_scale.exp() * image @ text.T

    return model, run, folder


def compare(command, model, run, path):
    x = torch.randn(1, 3, 32, 32)
    model.double()
    with torch.no_grad():
        expected = run(x.double())[0].numpy()
    target = int(expected.argmax())
    pulled = input_gradient(lambda image: run(image)[0, target], x.double())
    with tempfile.TemporaryDirectory() as folder:
        source, gradient = os.path.join(folder, "x.npy"), os.path.join(folder, "gradient.npy")
        np.save(source, x.numpy())
        network = ["--model", path, "--size", "32x32", "--classes", *TEXTS]
        report = json.loads(limn(command, "predict", source, "--json", "--top", len(expected), *network))[0]
        found = np.zeros(len(expected))
        for prediction in report["predictions"]:
            found[prediction["index"]] = prediction["logit"]
            assert prediction["label"] == TEXTS[prediction["index"]], prediction
        limn(command, "explain", source, "--method", "gradient", "--target", target, "-o", gradient, *network)
        return deviation(found, expected), deviation(np.load(gradient), pulled)


def main(command, names):
    failures = 0
    chosen = [name for name in CASES if not names or any(name.startswith(n) for n in names)]
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            torch.manual_seed(7)
            try:
                logits, gradient = compare(command, *CASES[name](folder))
                bad = not (logits < 1e-5 and gradient < 1e-4)
                print(f"{'FAIL ' if bad else ''}{name}: logits {logits:.1e}, gradient {gradient:.1e}", flush=True)
            except Exception as error:
                bad = True
                print(f"FAIL {name}: {type(error).__name__}: {error}", flush=True)
            failures += bad
    print(f"{len(chosen) - failures} of {len(chosen)} agree")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
