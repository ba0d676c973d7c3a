"""Writes Tests/Fixtures/texts.json: text towers as their libraries save them, with embeddings in double precision.

Usage: python text_references.py > ../Fixtures/texts.json   (needs numpy, open_clip, torch, transformers)

Weights are functions of names, shapes and places, so that only names, shapes and embeddings are kept.
"""

import json
import sys

import torch

from recognition_references import weights

SMALL = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48, vocab_size=60)
IMAGE = dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=1, intermediate_size=16, image_size=16, patch_size=8)


def filled(model):
    state = {k: weights(k, tuple(v.shape)) for k, v in model.state_dict().items() if v.is_floating_point()}
    model.load_state_dict(state, strict=False)
    return model.double().eval()


def reference(name, model, settings, tokens, run):
    filled(model)
    with torch.no_grad():
        embeddings = run(torch.tensor(tokens))
    embeddings = getattr(embeddings, "pooler_output", embeddings)
    scale, bias = model.logit_scale.exp().item(), getattr(model, "logit_bias", None)
    shapes = {k: list(v.shape) for k, v in sorted(model.state_dict().items()) if v.is_floating_point()}
    return dict(
        name=name, settings=settings, shapes=shapes, tokens=tokens, scale=scale, bias=None if bias is None else bias.item(),
        embeddings=[[float(f"{v:.9g}") for v in row] for row in embeddings])


def main():
    import open_clip
    import transformers as hf

    made = []
    for name, end in (("clip", 57), ("clip before eos_token_id was right", 2)):
        text = dict(SMALL, max_position_embeddings=12, eos_token_id=end)
        model = hf.CLIPModel(hf.CLIPConfig(text_config=text, vision_config=IMAGE, projection_dim=10, attn_implementation="sdpa"))
        # A token above the end's, and what follows the end, tell the rules apart.
        rows = [[56, 4, 9, 57, 57, 57], [56, 3, 59, 8, 57, 1], [56, 7, 7, 1, 30, 57]]
        made.append(reference(name, model, text, rows, lambda x, m=model: m.get_text_features(x)))
    text = dict(SMALL, max_position_embeddings=8)
    model = hf.SiglipModel(hf.SiglipConfig(text_config=text, vision_config=IMAGE, attn_implementation="sdpa"))
    made.append(reference("siglip", model, text, [[5, 6, 1, 1, 1, 1, 1, 1], [9, 2, 33, 8, 7, 1, 1, 1]], model.get_text_features))
    model = open_clip.CLIP(
        embed_dim=10, vision_cfg=dict(layers=1, width=64, patch_size=8, image_size=16),
        text_cfg=dict(context_length=6, vocab_size=60, width=32, heads=2, layers=2))
    made.append(reference(
        "openclip", model, dict(num_attention_heads=2, hidden_act="gelu", eos_token_id=2),
        [[57, 4, 9, 59, 0, 0], [57, 3, 58, 8, 30, 59]], model.encode_text))
    json.dump(made, sys.stdout, separators=(",", ":"))


if __name__ == "__main__":
    main()
