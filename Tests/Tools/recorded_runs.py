"""What record.py runs: the networks of the test data, the methods and combinations, sheets and options."""

import collections
import json
import pathlib

PHOTOGRAPHS = ["zoo/photos/chelsea.png", "zoo/photos/both.png", "zoo/photos/captum_zebra.jpg"]
SCENES = ["house", "rocket-and-moon", "fish-and-sailboat"]
RECIPES = [("mobilenet", "tf"), ("squeezenet", "caffe"), ("fer2013", "tf"), ("cifar10_resnet8", "raw255")]
NAMED_NETWORK = ("cifar_resnet20", "zoo/models/cifar10_resnet20.safetensors")
PICTURED = "zoo/models/mobilenet_v2_1.0_224.onnx"  # the network of sheets, targets and recipes
NAMES = "zoo/labels/coral_imagenet_labels.txt"

SETTINGS = {  # of methods that would take long; `window` is a quarter of the image
    "integrated-gradients": "steps=8",
    "score-cam": "top=16",
    "occlusion": "window={window},stride={window}",
}
EXPRESSIONS = {  # `shallow` and `deep` are layers, `deep` the one explained by default
    "counterfactual": "grad-cam(counterfactual=true)",
    "shallow": "grad-cam(layer={shallow})",
    "shallow-plus-plus": "grad-cam++(layer={shallow})",
    "rectifiers": "guided-backprop(activations=rectifiers)",
    "from-blur": "integrated-gradients(steps=4,baseline=blur)",
    "smooth-pixels": "smooth(gradient,samples=3)",
    "smooth-map": "smooth(grad-cam++,samples=3,noise=0.1,seed=5)",
    "mean": "mean(grad-cam,gradient)",
    "mean-maps": "mean(grad-cam,grad-cam(layer={shallow}))",
    "max": "max(grad-cam,grad-cam++)",
    "max-pixels": "max(gradient,input-x-gradient)",
    "layers": "layers(grad-cam,{shallow},{deep})",
    "layers-smooth": "layers(smooth(grad-cam,samples=2),{shallow},{deep})",
    "abs": "abs(gradient)",
    "negative": "negative(grad-cam) * guided-backprop",
    "product-maps": "grad-cam * grad-cam++",
    "product-pixels": "gradient * input-x-gradient",
    "nested": "mean(cam,smooth(grad-cam,samples=2)) * gradient",
}


class Run(collections.namedtuple("Run", "path arguments printed")):
    """One run of the command. Its result goes to `path` in the recording: what it prints, or the file of `-o`."""


def networks(data, further):
    """Folders of the recording, what names a network on the command line, and the inputs it is shown."""
    yield "demo", [], SCENES
    for model in sorted((data / "reference/networks").glob("*/model.onnx")):
        file = model.relative_to(data)
        images = [str(file.parent / "input.npy"), *PHOTOGRAPHS[::2]]
        yield f"reference/{file.parent.name}", ["--model", str(file)], images
    for model in sorted((data / "zoo/models").rglob("*.onnx")):
        file = model.relative_to(data)
        recipe = [p for name, preset in RECIPES if file.name.startswith(name) for p in ("--preset", preset)]
        folder = str(file.relative_to("zoo/models").with_suffix("")).removesuffix("/model")
        yield f"zoo/{folder}", ["--model", str(file), *recipe], PHOTOGRAPHS
    name, weights = NAMED_NETWORK
    yield f"zoo/{name}", ["--network", name, "--weights", weights], PHOTOGRAPHS
    for file in further:
        path = pathlib.Path(file).resolve()
        yield f"further/{path.parent.name}-{path.stem}", ["--model", str(path)], PHOTOGRAPHS


def file_name(image):
    return pathlib.Path(image).stem


def quoted(layer):
    return json.dumps(layer, ensure_ascii=False)


def expressions(methods, listed):
    """What is recorded of a network whose layers were `listed`: names and expressions."""
    suitable = [layer["name"] for layer in listed["layers"] if layer["suitability"] == "suitable"]
    deep = listed.get("automatic", {}).get("name") or (suitable[-1] if suitable else "none")
    shallow = suitable[len(suitable) // 2] if suitable else "none"
    extent = listed["model"]["input"].get("grid") or [4]
    values = {"deep": quoted(deep), "shallow": quoted(shallow), "window": max(1, min(extent) // 4)}
    for method in methods:
        settings = SETTINGS.get(method)
        yield method, f"{method}({settings.format(**values)})" if settings else method
    for name, expression in EXPRESSIONS.items():
        yield name, expression.format(**values)


def runs_of_network(folder, options, images, methods, listed):
    alone = ["--threads", "1"]  # as many processes run at once as there are cores
    for image in images:
        place = f"{folder}/{file_name(image)}"
        yield Run(f"{place}/predict.json", ["predict", image, *options, *alone, "--json"], True)
        yield Run(f"{place}/layers.json", ["layers", image, *options, *alone, "--json"], True)
    if listed is None:
        yield Run(f"{folder}/grad-cam.npy", ["explain", images[0], *options, *alone], False)
        return
    other = ["--target", "negative" if listed["model"]["classes"] == 1 else "1"]
    if len(listed["model"]["output"]) == 3:  # a segmentation
        other += ["--region", "all"]
    for image, target in zip(images[:2], ([], other)):
        for name, expression in expressions(methods, listed):
            arguments = ["explain", image, *options, *alone, *target, "--method", expression]
            yield Run(f"{folder}/{file_name(image)}/{name}.npy", arguments, False)


def runs_of_pictures(methods):
    options = ["--model", PICTURED, "--preset", "tf", "--labels", NAMES]
    cat, pets, zebra = PHOTOGRAPHS
    every = ",".join(f"{m}({SETTINGS[m].format(window=56)})" if m in SETTINGS else m for m in methods)
    combined = ("grad-cam * guided-backprop,smooth(gradient,samples=3),mean(cam,grad-cam),"
                "layers(grad-cam,clip[-1],clip[-5]),negative(cam)")
    explain = ["explain", pets, *options, "--target", "bull mastiff"]

    yield Run("sheets/demo.png", ["compare"], False)
    yield Run("sheets/demo.svg", ["compare"], False)
    yield Run("sheets/demo.json", ["compare", "--json"], True)
    yield Run("sheets/demo-scenes.png", ["compare", *SCENES, "--methods", "grad-cam,guided-backprop"], False)
    for photograph in PHOTOGRAPHS:
        yield Run(f"sheets/{file_name(photograph)}.png", ["compare", photograph, *options, "--target", "top:2"], False)
        yield Run(f"sheets/{file_name(photograph)}.json", ["compare", photograph, *options, "--target", "top:2"], False)
    yield Run("sheets/three-photographs.png", ["compare", *PHOTOGRAPHS, *options, "--methods", combined], False)
    yield Run("sheets/three-photographs.json", ["compare", *PHOTOGRAPHS, *options, "--methods", combined], False)
    yield Run("sheets/every-method.png", ["compare", cat, *options, "--methods", every], False)
    yield Run("sheets/signed.png",
              ["compare", zebra, *options, "--pixels", "signed", "--colormap", "diverging", "--opacity", "0.8"], False)
    yield Run("sheets/color.png", ["compare", zebra, *options, "--pixels", "color", "--colormap", "turbo"], False)
    # Methods that do not apply, an array, one logit.
    yield Run("sheets/transformer.png", ["compare", cat, "--model", "zoo/models/mnist_vit_dyn18.onnx"], False)
    binary = "reference/networks/binary"
    yield Run("sheets/array.png",
              ["compare", f"{binary}/input.npy", "--model", f"{binary}/model.onnx", "--target", "top:2"], False)
    for method in ("grad-cam", "gradient", "guided-grad-cam"):
        for kind in ("png", "svg", "json"):
            yield Run(f"explain/{method}.{kind}", [*explain, "--method", method], False)
    yield Run("explain/signed.png", [*explain, "--method", "gradient", "--pixels", "signed"], False)
    yield Run("explain/diverging.png", [*explain, "--method", "grad-cam", "--colormap", "diverging"], False)
    yield Run("explain/demo.png", ["explain", "house"], False)
    yield Run("explain/demo.svg", ["explain", "house"], False)
    yield Run("explain/demo.json", ["explain", "house", "--json"], True)


def runs_of_options(methods):
    """Targets, scores and recipes as people write them, and what the command prints for people."""
    options = ["--model", PICTURED, "--preset", "tf"]
    named = [*options, "--labels", NAMES]
    cat, pets, zebra = PHOTOGRAPHS
    for name, more in {
        "contrast": ["--target", "tabby - Egyptian cat"],
        "name": ["--target", "tiger cat"],
        "number": ["--target", "282"],
        "probability": ["--score", "probability"],
        "layer": ["--layer", "clip[-3]"],
        "similar": ["--similar-to", pets],
        "two-threads": ["--threads", "2"],
        "little-memory": ["--memory", "50MB", "--method", "occlusion(window=56,stride=28)"],
        "wrong-name": ["--target", "no such class"],
        "wrong-layer": ["--layer", "no such layer"],
        "wrong-method": ["--method", "smooth(grad-cam,noise=7)"],
    }.items():
        yield Run(f"options/{name}.npy", ["explain", cat, *named, *more], False)
        if name != "little-memory":
            yield Run(f"options/{name}-gradient.npy", ["explain", cat, *named, "--method", "gradient", *more], False)
    for name, more in {
        "names": ["--labels", "zoo/labels/synset_words.txt"],
        "stretch": ["--fit", "stretch"],
        "letterbox": ["--fit", "letterbox"],
        "bgr": ["--channel-order", "bgr"],
        "mean": ["--mean", "100,110,120", "--std", "50,60,70", "--scale", "1"],
    }.items():
        yield Run(f"options/{name}.json", ["predict", *PHOTOGRAPHS, *options, *more, "--top", "8", "--json"], True)
        yield Run(f"options/{name}.npy", ["explain", zebra, *options, *more, "--method", "gradient"], False)
    open_size = ["--network", NAMED_NETWORK[0], "--weights", NAMED_NETWORK[1], "--labels", "zoo/labels/cifar10.txt"]
    yield Run("options/size.json", ["predict", *PHOTOGRAPHS, *open_size, "--size", "48x64", "--json"], True)
    yield Run("options/size.npy", ["explain", cat, *open_size, "--size", "48x64"], False)
    yield Run("options/no-preset.json", ["predict", cat, "--model", PICTURED, "--json"], True)
    yield Run("options/manifest.json", ["init", "--model", PICTURED], False)
    yield Run("options/manifest-binary.json", ["init", "--model", "reference/networks/binary/model.onnx"], False)
    yield Run("text/predict.txt", ["predict", *PHOTOGRAPHS, *named], True)
    yield Run("text/layers.txt", ["layers", cat, *named], True)
    yield Run("text/spatial.txt", ["layers", "--model", PICTURED, "--spatial"], True)
    yield Run("text/binary.txt", ["predict", cat, "--model", "reference/networks/binary/model.onnx"], True)
    yield Run("text/methods.txt", ["methods"], True)
    yield Run("text/networks.txt", ["networks"], True)
    yield Run("text/expression.txt", ["methods", "smooth(grad-cam,samples=3) * gradient"], True)
    for name in [*methods, "smooth", "layers"]:
        yield Run(f"text/methods/{name}.txt", ["methods", name], True)
