extension FileKind {
  /// What makes something readable of a file of this kind, as an imperative that names the command; `nil` where nothing
  /// can, or nothing need be done.
  ///
  /// - Parameter path: the file, as the command has it.
  /// - Returns: Words that follow a colon.
  public func conversion(of path: String) -> String? {
    let file = Self.quoted(path), stem = Self.quoted(Self.stem(of: path))
    func changed(to ending: String) -> String { Self.quoted(Self.stem(of: path) + "." + ending) }
    switch self {
    case .webp, .bmp, .tiff, .jpeg2000, .jpegXL, .photoshop, .openEXR, .qoi, .pam, .dds, .fits:
      return "convert it first, with ImageMagick: `magick \(file) \(changed(to: "png"))`"
    case .gif, .icon, .pdf, .postScript:
      return "take one picture of it, with ImageMagick: `magick \(Self.quoted(path + "[0]")) \(changed(to: "png"))`"
    case .cameraRaw: return "develop it first: `dcraw -c -w \(file) | magick - \(changed(to: "jpg"))`"
    case .heic: return "convert it first: `heif-convert \(file) \(changed(to: "jpg"))` (libheif)"
    case .avif: return "convert it first: `avifdec \(file) \(changed(to: "png"))` (libavif)"
    case .svg: return "draw it first: `rsvg-convert \(file) -o \(changed(to: "png"))` (librsvg)"
    case .film: return "take one frame of it: `ffmpeg -i \(file) -frames:v 1 \(changed(to: "png"))`"
    case .dicom:
      return "convert it first: `dcm2img --write-png \(file) \(changed(to: "png"))` (dcmtk; dcmj2pnm before 3.6.8), or "
        + "save pydicom's pixel_array as the network wants it with numpy.save"
    case .nifti,
      .gzip where path.lowercased().hasSuffix(".nii.gz"):
      return "take a slice or the volume the network wants: `python3 -c \"import nibabel, numpy; "
        + "numpy.save('input.npy', nibabel.load('\(path)').get_fdata()[:, :, 0])\"`"
    case .nrrd, .metaImage:
      return "take what the network wants: `python3 -c \"import SimpleITK, numpy; "
        + "numpy.save('input.npy', SimpleITK.GetArrayFromImage(SimpleITK.ReadImage('\(path)')))\"`"
    case .numpyArchive:
      return "save one of its arrays: `python3 -c \"import numpy; a = numpy.load('\(path)'); print(a.files); "
        + "numpy.save('input.npy', a[a.files[0]])\"`"
    case .matlab:
      return "save one of its arrays: `python3 -c \"import scipy.io, numpy; "
        + "numpy.save('input.npy', scipy.io.loadmat('\(path)')['NAME'])\"`"
    case .torchScript:
      return "export it: `torch.onnx.export(torch.jit.load('\(path)'), torch.zeros(1, 3, 224, 224), "
        + "'\(Self.stem(of: path)).onnx', dynamo=False)` in Python"
    case .torchExport:
      return
        "load it with the PyTorch that wrote it, and export the network again with PyTorch 2.8 or later: "
        + "`torch.export.save(torch.export.export(network.eval(), (images,)), '\(Self.stem(of: path)).pt2')`"
    case .ultralytics:
      return "export it: `yolo export model=\(file) format=onnx` (pip install ultralytics), and give the ONNX file"
    case .torchCheckpoint:
      return "export the network with torch.export or torch.onnx.export: `n.load_state_dict(torch.load('\(path)')); "
        + "torch.onnx.export(n.eval(), torch.zeros(1, 3, 224, 224), '\(Self.stem(of: path)).onnx')`, where n is the "
        + "network that its weights are of"
    case .pickle:
      return
        "it can only be opened by the program that wrote it: of PyTorch, export the network with torch.onnx.export, "
        + "of scikit-learn with skl2onnx"
    case .scikitLearn:
      return
        "convert it: `onnx.save(skl2onnx.to_onnx(joblib.load('\(path)'), X[:1]), '\(Self.stem(of: path)).onnx')` in "
        + "Python, where X holds samples as float32"
    case .tensorFlowCheckpoint:
      return "it holds weights only: save the whole network from the program that builds it, with "
        + "`model.save('\(Self.stem(of: path)).keras')`"
    case .paddleParameters:
      return "it holds weights only: export the network that they are of with `paddle.onnx.export(network, "
        + "'\(Self.stem(of: path))', input_spec=[paddle.static.InputSpec([1, 3, 224, 224])])` in Python"
    case .executorch, .tensorRT, .openVINO, .coreML, .ncnn, .onnxRuntime, .rknn:
      return "it is made for running only: give the ONNX file, or export the network, that it was made from"
    case .tensorFlowLite:
      return "convert it first: `python3 -m tf2onnx.convert --tflite \(file) --output \(changed(to: "onnx"))`"
    case .savedModel:
      return
        "convert it first: `python3 -m tf2onnx.convert --saved-model \(file) --output \(Self.quoted(path + ".onnx"))`"
    case .tensorFlowGraph:
      return "convert it first: `python3 -m tf2onnx.convert --graphdef \(file) --output \(changed(to: "onnx")) "
        + "--inputs INPUT:0 --outputs OUTPUT:0`"
    case .tensorFlowJS:
      return "convert it first: `python3 -m tf2onnx.convert --tfjs \(file) --output \(changed(to: "onnx"))`"
    case .paddle:
      return "convert it first: `paddle2onnx --model_dir . --model_filename \(file) "
        + "--params_filename \(stem).pdiparams --save_file \(changed(to: "onnx"))`"
    case .caffe, .mxnet: return "convert it to ONNX first, with MMdnn or the framework's own exporter"
    case .darknet, .darknetWeights:
      return "the plugin in Documentation/Examples/Darknet reads classifiers, the configuration beside the weights"
    case .gguf: return "it holds a language model for llama.cpp: give the vision network as an ONNX file"
    case .hdf5: return "save the whole model in Keras: `model.save('\(Self.stem(of: path)).keras')`"
    case .safetensors:
      return "it holds weights only: name the network that they are of, or export it with torch.onnx.export"
    case .gzip, .zip, .archive: return "unpack it first"
    case .cutArchive: return "copy or download it again, whole"
    case .largeFilePointer: return "fetch the file itself with `git lfs pull`"
    case .web: return "download the file itself rather than the page that shows it"
    case .png, .jpeg, .netpbm, .numpy, .onnx, .keras, .xml, .json, .text, .unknown: return nil
    }
  }

  /// The path without its ending.
  private static func stem(of path: String) -> String {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return path }
    return String(path.dropLast(name.distance(from: dot, to: name.endIndex)))
  }

  /// The path as a shell takes it for one word.
  private static func quoted(_ path: String) -> String {
    let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+".contains($0) }
    return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
  }
}

extension FileKind {
  /// What to do with a file that was given as a picture and is none that can be read; an imperative.
  public func remedyAsPicture(_ path: String) -> String {
    switch use {
    case .model where self != .pickle: "give it as the model, and a photograph as the image"
    case .text: "give a photograph as the image, and names of classes as the labels"
    case .nothing,
      .picture where conversion(of: path) == nil:
      "check that it is a photograph and arrived whole"
    default: conversion(of: path) ?? "give it the ending .npy, by which arrays are known"
    }
  }

  /// What to do with a file that was given as a network and is none that can be read; an imperative.
  public func remedyAsModel(_ path: String) -> String {
    switch use {
    case .picture: "give it as the image, and an .onnx, .pt2 or .keras file as the model"
    case .array: "give an .onnx, .pt2 or .keras file as the model, and an array as the image"
    case .text: "give an .onnx, .pt2 or .keras file as the model, and names of classes as the labels"
    default: conversion(of: path) ?? "give an .onnx, .pt2 or .keras file"
    }
  }
}
