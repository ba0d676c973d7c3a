extension FileKind {
  /// Recognises a file by its whole content, never by its name.
  public init(of bytes: UnsafeRawBufferPointer) {
    self = FileKind(markedIn: bytes) ?? FileKind(messageOf: Content(bytes)) ?? .unknown
  }

  /// Recognises a file that bears a mark, as most do, or is text; `nil` where all of it would have to be searched.
  public init?(markedIn bytes: UnsafeRawBufferPointer) {
    let content = Content(bytes)
    let known =
      Self(containerOf: content) ?? Self(pickleOf: content)
      ?? Self.signatures.first { content.has($0.0, at: $0.1) }?.2 ?? Self(textOf: content)
      ?? (content.endsTable ? .tensorFlowCheckpoint : nil)
    guard let known else { return nil }
    self = known
  }

  /// Recognises a file by its whole content, never by its name.
  public init(of bytes: [UInt8]) { self = bytes.withUnsafeBytes { FileKind(of: $0) } }

  /// Files that hold others, told apart by what is in them.
  private init?(containerOf content: Content) {
    if content.has("ftyp", at: 4) {
      self.init(brand: content.text(8..<12))
    } else if content.has("RIFF") {
      self = content.has("WEBP", at: 8) ? .webp : .film
    } else if content.has([0x50, 0x4B, 3, 4]) || content.has([0x50, 0x4B, 5, 6]) {
      let members = ZipNames(content.bytes)
      self.init(members: members.names)
      if self == .zip, !members.isWhole { self = .cutArchive }
      // The pickle in it is stored as it is, and names the classes that it is made of.
      if self == .torchCheckpoint, content.contains("ultralytics.nn") { self = .ultralytics }
    } else if content.has("II*\0") || content.has("MM\0*") || content.has("II+\0") || content.has("MM\0+") {
      let makers = ["NIKON", "Canon", "SONY", "PENTAX", "OLYMPUS", "Panasonic", "DNG"]
      self = content.has("CR", at: 8) || makers.contains { content.contains($0, within: 2048) } ? .cameraRaw : .tiff
    } else if content.has("P"), let mark = content[1], (0x31...0x37).contains(mark) || mark == 0x46 || mark == 0x66,
      content[2].map({ [9, 10, 13, 32, 0x23].contains($0) }) == true
    {
      self = (0x31...0x36).contains(mark) ? .netpbm : .pam
    } else {
      return nil
    }
  }

  /// What a pickle is of, by the names of what it is made of; nothing in it is run.
  private init?(pickleOf content: Content) {
    // The length that a safetensors file begins with may have any first bytes, but no high ones.
    let isLength = content.has([0, 0, 0, 0], at: 4) && content.has("{\"", at: 8)
    guard !isLength, content.has([0x80]), let version = content[1], (2...5).contains(version) else { return nil }
    if content.has([0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46], at: 2) {
      // The number that torch.save began with before it wrote archives.
      self = content.contains("ultralytics.nn") ? .ultralytics : .torchCheckpoint
    } else if content.contains("StructuredToParameterName@@", within: 1 << 16) {
      self = .paddleParameters
    } else {
      self = content.contains("sklearn.", within: 1 << 16) ? .scikitLearn : .pickle
    }
  }

  /// The kind of an ISO media file: pictures and films share one container.
  private init(brand: String) {
    switch brand {
    case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": self = .heic
    case "avif", "avis": self = .avif
    case "crx ": self = .cameraRaw
    case "jp2 ", "jpx ": self = .jpeg2000
    default: self = .film
    }
  }

  /// The kind of a zip archive by the names of what is in it.
  private init(members: [String]) {
    func has(_ ending: String) -> Bool { members.contains { $0 == ending || $0.hasSuffix("/" + ending) } }
    if members.contains("config.json"), members.contains(where: { $0.hasPrefix("model.weights") }) {
      self = .keras
    } else if has("constants.pkl") || members.contains(where: { $0.contains("/code/") }) {
      self = .torchScript
    } else if has("serialized_exported_program.json") || has("archive_format") || has("models/model.json") {
      self = .torchExport
    } else if has("data.pkl") {
      self = .torchCheckpoint
    } else if !members.isEmpty, members.allSatisfy({ $0.hasSuffix(".npy") }) {
      self = .numpyArchive
    } else if has("saved_model.pb") {
      self = .savedModel
    } else {
      self = .zip
    }
  }

  /// The kind of a text by how it begins.
  private init?(textOf content: Content) {
    if content.has("version https://git-lfs") {
      self = .largeFilePointer
      return
    }
    guard content.isText else { return nil }
    let start = content.text(0..<4096).drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    let lowered = start.lowercased()
    if lowered.hasPrefix("<!doctype html") || lowered.hasPrefix("<html") {
      self = .web
    } else if start.hasPrefix("<svg") || start.hasPrefix("<?xml") || start.hasPrefix("<!--"), start.contains("<svg") {
      self = .svg
    } else if start.hasPrefix("<") {
      self = start.contains("<net ") && start.contains("<layer") ? .openVINO : .xml
    } else if start.hasPrefix("[net]") || start.hasPrefix("[network]") || start.contains("\n[convolutional]") {
      self = .darknet
    } else if start.hasPrefix("7767517") {
      self = .ncnn
    } else if start.contains(/(?m)^\s*(layer|layers|input_param)\s*\{/) {
      self = .caffe
    } else if start.hasPrefix("{") || start.hasPrefix("[") {
      self =
        start.contains("\"modelTopology\"") || start.contains("\"layers-model\"") || start.contains("\"graph-model\"")
        ? .tensorFlowJS
        : start.contains("\"magic\"") && start.contains("\"pir\"")
          ? .paddle : start.contains("\"mxnet_version\"") || start.contains("\"op\": \"null\"") ? .mxnet : .json
    } else {
      self = .text
    }
  }

  /// Networks in protocol buffers bear no marks: their first fields tell.
  private init?(messageOf content: Content) {
    if content.has([0x08]), let version = content[1], (1...20).contains(version), content[2] == 0x12 {
      // A schema's version and what holds the rest, or in ONNX the exporter's name.
      let holdsMessage = content.afterLength(3).map { content[$0] == 0x0A } ?? false
      if content.contains("saved_model_main_op") || content.contains("serving_default")
        || content.contains("__saved_model_init_op")
      {
        self = .savedModel
      } else if holdsMessage {
        self = .coreML
      } else {
        self = .onnx
      }
    } else if content.has([0x08]), let version = content[1], (1...20).contains(version), let field = content[2],
      [0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42, 0x72].contains(field)
    {
      self = .onnx
    } else if content.has([0x0A]), let block = content.afterLength(1) {
      if content.has([0x08, 0x00, 0x10, 0xFF, 0xFF, 0xFF], at: block) {
        self = .paddle
      } else if content[block] == 0x0A, content.contains("Placeholder") || content.contains("Const") {
        self = .tensorFlowGraph
      } else if content.contains("Convolution") || content.contains("InnerProduct") {
        self = .caffe
      } else {
        return nil
      }
    } else {
      return nil
    }
  }
}
