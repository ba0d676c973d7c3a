"""Makes small tokenizers and what Hugging Face's library and SentencePiece make of texts with them.

Usage: python tokenizer_cases.py FOLDER   (needs sentencepiece, tokenizers, transformers)

Writes what Tests/Fixtures/Tokenizers holds into FOLDER: vocabularies trained on the sentences below, and `expected.json` for each.
"""

import json
import os
import sys

import sentencepiece
import tokenizers
from tokenizers import models, normalizers, pre_tokenizers, trainers

SENTENCES = [
    "a photo of a dog", "a photo of a cat", "a photo of the small dog and the large cat", "it's a drawing of a bird",
    "they're playing in the park", "a bad photo of a car", "a close-up photo of the red flower", "a painting of a house",
    "the café on the street at night", "one two three four five", "a low resolution photo of the bench",
] * 4
TEXTS = SENTENCES[:11] + [
    "", " ", "A Photo of a DOG's bowl!", "It's they're WE'VE I'm you'll he'd", "cafe\u0301 and café", "狗的照片", "🐶 emoji 👩‍👩‍👧",
    "123 4,5", "!!!??? ...", "<|endoftext|> in the middle <|startoftext|>", "tabs\tand\nlines   here", "\u00a0nbsp\u2003em",
    "İstanbul ΑΣ", "word " * 90, "x_y-z", "привет мир", "e\u0301\u0327", "a\u200bb", "ﬁ ½ ① Ｆｕｌｌ", "▁mark▁ here", "</s> <unk> <pad>",
]


def write(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def clip(folder):
    from transformers import CLIPTokenizerFast

    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer = tokenizers.Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(
        [s for sentence in SENTENCES for s in sentence.split()],
        trainers.BpeTrainer(vocab_size=700, end_of_word_suffix="</w>", initial_alphabet=sorted(alphabet), show_progress=False))
    trained = json.loads(tokenizer.to_str())["model"]
    pieces = sorted(alphabet) + [c + "</w>" for c in sorted(alphabet)]
    merges = [tuple(m) if isinstance(m, list) else tuple(m.split()) for m in trained["merges"]]
    for left, right in merges:
        if left + right not in pieces:
            pieces.append(left + right)
    vocabulary = {p: i for i, p in enumerate(pieces + ["<|startoftext|>", "<|endoftext|>"])}
    write(folder, "vocab.json", json.dumps(vocabulary, ensure_ascii=False))
    write(folder, "merges.txt", "#version: 0.2\n" + "\n".join(" ".join(m) for m in merges) + "\n")
    own = CLIPTokenizerFast(vocab=os.path.join(folder, "vocab.json"), merges=os.path.join(folder, "merges.txt"))
    write(folder, "tokenizer.json", own.backend_tokenizer.to_str())
    return [own(text, truncation=True, max_length=77).input_ids for text in TEXTS]


def sentence_pieces(folder):
    write(folder, "sentences.txt", "\n".join(SENTENCES).lower() + "\n")
    # What the usual table of a quarter of a megabyte does, in a few lines: ligatures, wide letters, composed accents.
    rules = {"ﬁ": "fi", "½": "1\u20442", "①": "1", "Ｆ": "F", "ｕ": "u", "ｌ": "l", "e\u0301": "é", "\u00a0": " ", "\t": " "}
    hexadecimal = lambda text: " ".join(f"{ord(c):X}" for c in text)
    write(folder, "rules.tsv", "".join(f"{hexadecimal(a)}\t{hexadecimal(b)}\n" for a, b in rules.items()))
    model = os.path.join(folder, "spiece")
    sentencepiece.SentencePieceTrainer.train(
        input=os.path.join(folder, "sentences.txt"), model_prefix=model, vocab_size=90, model_type="unigram",
        pad_id=0, eos_id=1, unk_id=2, bos_id=-1, hard_vocab_limit=False, minloglevel=2,
        normalization_rule_tsv=os.path.join(folder, "rules.tsv"))
    os.remove(os.path.join(folder, "rules.tsv"))
    os.remove(os.path.join(folder, "sentences.txt"))
    os.remove(model + ".vocab")
    write(folder, "tokenizer_config.json", json.dumps(
        {"tokenizer_class": "SiglipTokenizer", "pad_token": "</s>", "eos_token": "</s>", "unk_token": "<unk>"}))
    from transformers import SiglipTokenizer

    own = SiglipTokenizer(model + ".model")
    return [own(text, truncation=True, max_length=64).input_ids for text in TEXTS]


def unigram(folder):
    tokenizer = tokenizers.Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Lowercase(), normalizers.Replace(tokenizers.Regex(r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]"""), ""),
        normalizers.NFKC(), normalizers.Replace(tokenizers.Regex(r"\s+"), " "), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(
        SENTENCES, trainers.UnigramTrainer(vocab_size=100, special_tokens=["</s>", "<unk>"], unk_token="<unk>", show_progress=False))
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 0)])
    write(folder, "tokenizer.json", tokenizer.to_str())
    tokenizer.enable_truncation(64)
    return [tokenizer.encode(text).ids for text in TEXTS]


def gemma(folder):
    tokenizer = tokenizers.Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace(" ", "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    special = ["<pad>", "<eos>", "<bos>", "<unk>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    tokenizer.train_from_iterator(
        SENTENCES, trainers.BpeTrainer(vocab_size=380, special_tokens=special, show_progress=False))
    state = json.loads(tokenizer.to_str())
    # Bytes are pieces of the vocabulary, and no texts that stand for themselves.
    state["added_tokens"] = [t for t in state["added_tokens"] if not t["content"].startswith("<0x")]
    state["post_processor"] = {
        "type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<eos>", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"<eos>": {"id": "<eos>", "ids": [1], "tokens": ["<eos>"]}}}
    write(folder, "tokenizer.json", json.dumps(state, ensure_ascii=False))
    own = tokenizers.Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    own.enable_truncation(64)
    return [own.encode(text).ids for text in TEXTS]


# The last text has marks, which SigLIP's own class reads otherwise than any other.
def main(root):
    for name, make in {"clip": clip, "spiece": sentence_pieces, "unigram": unigram, "gemma": gemma}.items():
        folder = os.path.join(root, name)
        os.makedirs(folder, exist_ok=True)
        rows = make(folder)[: len(TEXTS) - (name == "spiece")]
        write(folder, "expected.json", json.dumps(
            [{"text": text, "tokens": row} for text, row in zip(TEXTS, rows)], ensure_ascii=False, indent=0))
        print(name, sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder)), "bytes")


if __name__ == "__main__":
    main(sys.argv[1])
