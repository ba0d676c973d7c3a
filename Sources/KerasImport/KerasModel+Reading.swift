import Archives
public import Foundation

extension KerasModel {
  /// Whether a file looks like one of Keras', judged by its bytes, never by its name.
  public static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch Container(recognizing: bytes) {
    case .hdf5: true
    // PyTorch's files are zip archives, too.
    case .zip: ZipArchive(bytes)?.contains(Self.configurationMember) ?? beginsWithMetadata(bytes)
    case nil: false
    }
  }

  /// Whether an archive without its directory, which stands at the end, begins as Keras' do: one cut short in copying.
  private static func beginsWithMetadata(_ bytes: UnsafeRawBufferPointer) -> Bool {
    ["metadata.json", configurationMember].contains { name in
      bytes.count > 30 + name.utf8.count && Int(bytes[26]) | Int(bytes[27]) << 8 == name.utf8.count
        && bytes[30..<30 + name.utf8.count].elementsEqual(name.utf8)
    }
  }

  /// Reads a `.keras` archive or a whole-model `.h5` file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - lambdas: what Lambda layers compute, by their names, whose Python code is never run: `"x / 127.5 - 1"`. The
  ///     language is numbers, `x`, `+ - * / **`, parentheses and the functions `abs`, `sqrt`, `square`, `exp`, `log`,
  ///     `tanh`, `relu`, `sigmoid`, `mean(x, axis)`, `sum`, `max`, `min`, `l2_normalize(x)` and `softmax(x)`.
  /// - Throws: ``KerasError`` for a file that is missing, empty, damaged, something else, or that holds layers which
  ///   cannot be lowered.
  public init(contentsOf path: String, lambdas: [String: String] = [:]) throws(KerasError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missingFile(path) }
    if isFolder.boolValue {
      throw .unreadableFile(path, reason: "it is a folder; save the network with model.save(\"network.keras\")")
    }
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw .unreadableFile(path, reason: "it cannot be opened; check its permissions")
    }
    try self.init(decoding: data, named: path, lambdas: lambdas)
  }

  /// Decodes a network.
  ///
  /// - Parameters:
  ///   - data: the bytes of the file.
  ///   - name: what errors call it.
  ///   - lambdas: what Lambda layers compute, see ``init(contentsOf:lambdas:)``.
  /// - Throws: ``KerasError``.
  public init(
    decoding data: Data, named name: String = "the model", lambdas: [String: String] = [:]
  ) throws(KerasError) {
    if data.isEmpty { throw .emptyFile(name) }
    let model = data.withUnsafeBytes { bytes in
      Result { () throws(KerasError) in try KerasModel(container: bytes, named: name, lambdas) }
    }
    self = try model.get()
  }

  private init(
    container bytes: UnsafeRawBufferPointer, named name: String, _ lambdas: [String: String]
  ) throws(KerasError) {
    switch Container(recognizing: bytes) {
    case .zip: try self.init(archive: bytes, named: name, lambdas)
    case .hdf5: try self.init(legacy: bytes, named: name, lambdas)
    case nil: throw .notKeras(name)
    }
  }

  private static let configurationMember = "config.json"

  private init(
    archive bytes: UnsafeRawBufferPointer, named name: String, _ lambdas: [String: String]
  ) throws(KerasError) {
    guard let archive = ZipArchive(bytes) else {
      throw .damaged(name, reason: "it ends before its directory, or that cannot be read")
    }
    func member(_ member: String) throws(KerasError) -> MemberBytes? {
      do { return try archive.member(member) } catch { throw .damaged(name, reason: error.reason) }
    }
    guard let configuration = try member(Self.configurationMember) else { throw .notKeras(name) }
    let metadata = try member("metadata.json").flatMap { JSON($0.data) } ?? .null
    guard let weights = try member("model.weights.h5") else {
      let sharded = archive.contains("model.weights.json")
      throw .noModel(
        name,
        reason: sharded
          ? "its weights are spread over several files; save it without max_shard_size"
          : "it has no model.weights.h5; save the model again")
    }
    try self.init(
      configuration: configuration.data, version: metadata["keras_version"].text ?? "", named: name, lambdas
    ) { (model) throws(KerasError) in
      guard let root = HDF5Group(image: weights.buffer) else {
        throw .damaged(name, reason: "its model.weights.h5 is no sound HDF5 file")
      }
      return try ArchiveWeights(of: model, in: root).weights
    }
  }

  private init(
    legacy bytes: UnsafeRawBufferPointer, named name: String, _ lambdas: [String: String]
  ) throws(KerasError) {
    let attributes = try HDF5Library.exclusively { () throws(KerasError) in
      guard let root = HDF5Group(image: bytes) else { throw .damaged(name, reason: "it is no sound HDF5 file") }
      return (config: root.strings("model_config")?.first, version: root.strings("keras_version")?.first)
    }
    guard let configuration = attributes.config else {
      throw .noModel(
        name, reason: "it has weights only, or none; save the whole model with model.save, not save_weights")
    }
    try self.init(
      configuration: Data(configuration.utf8), version: attributes.version ?? "", named: name, lambdas
    ) { (model) throws(KerasError) in
      guard let group = HDF5Group(image: bytes)?.group("model_weights") else {
        throw .noModel(name, reason: "it has no model_weights; save the whole model again")
      }
      return try LegacyWeights(of: model, in: group).weights
    }
  }

  private init(
    configuration: Data, version: String, named name: String, _ lambdas: [String: String],
    weights read: (ModelDescription) throws(KerasError) -> LayerWeights
  ) throws(KerasError) {
    if version.hasPrefix("1.") { throw .oldVersion(name, version: version) }
    guard let json = JSON(configuration) else { throw .malformed(reason: "its configuration is no JSON") }
    let className = json["class_name"].text ?? "model of no class"
    guard LayerDescription.modelClasses.contains(className), !(json["registered_name"].text?.contains(">") ?? false)
    else {
      throw .unsupported([KerasLayer(name: json["config"]["name"].text ?? name, className: className)])
    }
    let description = try ModelDescription(
      className: className, config: json["config"], buildConfig: json["build_config"])
    if version.isEmpty, description.leaves.contains(where: \.isOfKeras1) { throw .oldVersion(name, version: "1") }
    let expressions = try description.expressions(lambdas)
    let unsupported = description.leaves.filter { expressions[$0.path] == nil && LayerTable.kind(of: $0) == nil }
    guard unsupported.isEmpty else { throw .unsupported(unsupported.map(\.label)) }
    let weights = try HDF5Library.exclusively { () throws(KerasError) in try read(description) }
    (self.version, self.description, self.weights) = (version, description, weights)
    self.lambdas = expressions
  }
}

extension ModelDescription {
  /// What Lambda layers are said to compute, by their paths; names without a path will do where one layer has them.
  fileprivate func expressions(_ texts: [String: String]) throws(KerasError) -> [String: LambdaExpression] {
    let layers = leaves.filter { $0.className == "Lambda" }
    var expressions: [String: LambdaExpression] = [:]
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
      let meant = layers.filter { $0.path == name }
      let named = meant.isEmpty ? layers.filter { $0.name == name } : meant
      guard named.count == 1 else { throw .noSuchLambda(name, lambdas: layers.map(\.path)) }
      do throws(LambdaExpression.Failure) {
        expressions[named[0].path] = try LambdaExpression(text)
      } catch {
        throw .wrongLambda(named[0].label, expression: text, reason: error.reason)
      }
    }
    return expressions
  }
}

extension LayerDescription {
  /// Whether its settings have the names of Keras 1.
  fileprivate var isOfKeras1: Bool {
    ["nb_filter", "border_mode", "subsample", "output_dim"].contains { !config[$0].isNull && className != "Embedding" }
  }
}

/// What a Keras file is on the outside.
private enum Container {
  case zip, hdf5

  /// By the first bytes; an HDF5 file may begin with a block of somebody else's.
  init?(recognizing bytes: UnsafeRawBufferPointer) {
    func starts(with signature: [UInt8], at offset: Int) -> Bool {
      bytes.count >= offset + signature.count && signature.indices.allSatisfy { bytes[offset + $0] == signature[$0] }
    }
    if starts(with: [0x50, 0x4B, 0x03, 0x04], at: 0) {
      self = .zip
    } else if [0, 512, 1024, 2048].contains(where: {
      starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], at: $0)
    }) {
      self = .hdf5
    } else {
      return nil
    }
  }
}
