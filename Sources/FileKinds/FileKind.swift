/// What a file is, told from its content; its words complete "it is …".
public enum FileKind: String, Hashable, Sendable, CaseIterable {
  // Pictures that are read.
  case png = "a PNG picture"
  case jpeg = "a JPEG picture"
  case netpbm = "a PBM, PGM or PPM picture"
  case bmp = "a BMP picture"

  // Pictures that are read where a library is installed.
  case webp = "a WebP picture"
  case gif = "a GIF picture"
  case tiff = "a TIFF picture"
  case heic = "a HEIC picture"
  case avif = "an AVIF picture"

  // Pictures that are not.
  case cameraRaw = "a camera raw picture"
  case jpeg2000 = "a JPEG 2000 picture"
  case jpegXL = "a JPEG XL picture"
  case svg = "an SVG drawing"
  case pdf = "a PDF document"
  case postScript = "a PostScript document"
  case photoshop = "a Photoshop picture"
  case openEXR = "an OpenEXR picture"
  case qoi = "a QOI picture"
  case icon = "an icon file"
  case pam = "a PAM or PFM picture"
  case dds = "a DDS texture"

  // Pictures of medicine, astronomy and films.
  case dicom = "a DICOM file"
  case nifti = "a NIfTI volume"
  case nrrd = "an NRRD volume"
  case metaImage = "a MetaImage volume"
  case fits = "a FITS file"
  case film = "a film"

  // Arrays.
  case numpy = "a NumPy array"
  case numpyArchive = "a NumPy archive"
  case matlab = "a MATLAB file"

  // Networks that are read.
  case onnx = "an ONNX model"
  case keras = "a Keras model"
  case hdf5 = "an HDF5 file"
  case safetensors = "a safetensors file"
  case torchExport = "a program of torch.export"

  // Networks that are not.
  case torchScript = "a TorchScript archive"
  case torchCheckpoint = "a PyTorch checkpoint"
  case ultralytics = "an Ultralytics checkpoint"
  case executorch = "an ExecuTorch program"
  case tensorFlowLite = "a TensorFlow Lite model"
  case savedModel = "a TensorFlow SavedModel"
  case tensorFlowGraph = "a frozen TensorFlow graph"
  case tensorFlowCheckpoint = "a TensorFlow checkpoint"
  case tensorFlowJS = "a TensorFlow.js model"
  case coreML = "a Core ML model"
  case openVINO = "an OpenVINO model"
  case paddle = "a PaddlePaddle model"
  case paddleParameters = "a file of PaddlePaddle parameters"
  case caffe = "a Caffe network"
  case darknetWeights = "a file of Darknet weights"
  case darknet = "a Darknet configuration"
  case ncnn = "an ncnn network"
  case mxnet = "an MXNet network"
  case tensorRT = "a TensorRT engine"
  case onnxRuntime = "an ONNX Runtime model"
  case rknn = "a Rockchip model"
  case gguf = "a GGUF file"
  case scikitLearn = "a scikit-learn model"
  case pickle = "a Python pickle"

  // Wrappings and texts.
  case zip = "a ZIP archive"
  case cutArchive = "a ZIP archive that is cut short"
  case gzip = "a gzip archive"
  case archive = "an archive"
  case largeFilePointer = "a Git LFS pointer"
  case web = "a web page"
  case xml = "an XML file"
  case json = "a JSON file"
  case text = "text"
  case unknown = "something else"

  /// What a file is of use for.
  public enum Use: Hashable, Sendable { case picture, array, model, wrapping, text, nothing }

  /// What a file of this kind would be of use for, if it could be read.
  public var use: Use {
    switch self {
    case .png, .jpeg, .netpbm, .webp, .gif, .bmp, .tiff, .cameraRaw, .jpeg2000, .jpegXL, .heic, .avif, .svg, .pdf,
      .postScript, .photoshop, .openEXR, .qoi, .icon, .pam, .dds, .dicom, .nifti, .nrrd, .metaImage, .fits, .film:
      .picture
    case .numpy, .numpyArchive, .matlab: .array
    case .onnx, .keras, .hdf5, .safetensors, .torchScript, .torchExport, .torchCheckpoint, .ultralytics, .executorch,
      .tensorFlowLite, .savedModel, .tensorFlowGraph, .tensorFlowCheckpoint, .tensorFlowJS, .coreML, .openVINO, .paddle,
      .paddleParameters, .caffe, .darknetWeights, .darknet, .ncnn, .mxnet, .tensorRT, .onnxRuntime, .rknn, .gguf,
      .scikitLearn, .pickle:
      .model
    case .zip, .cutArchive, .gzip, .archive, .largeFilePointer, .web: .wrapping
    case .json, .xml, .text: .text
    case .unknown: .nothing
    }
  }
}
