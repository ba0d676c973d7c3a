public import AttributionKit
public import Foundation
public import GraphAdapter
import GraphEngine
import Kernels
import ONNXImport
import Tensors

/// A method's map as part of an ONNX file.
public struct MapExport {
  /// What the map is called among the file's outputs.
  public static let mapName = "limn_map"
  /// What the class is called among its inputs, where it is chosen.
  public static let targetName = "limn_target"

  /// What the map is of.
  public enum Target {
    /// A score that is the same for all images.
    case score(any AttributionKit.Target)
    /// The class that the network predicts, or one that is given at run time.
    case open(OpenTarget)
  }

  /// The file.
  public let data: Data
  /// The layer that the map is of.
  public let layer: Layer
  /// The map's shape for one image.
  public let shape: [Int]
  /// What the file calls the number of images; `nil` where it takes one.
  public let images: String?
  /// The version of ONNX's operators.
  public let opset: Int
  /// Whether the file needs others with weights beside it, as the network's own does.
  public let hasFilesBeside: Bool
  /// How many nodes were added, and how many bytes.
  public let addedNodes: Int, addedBytes: Int
  /// How far the file's map, as Limn itself runs it, is from the method's own, as a share of its largest magnitude; `nil`
  /// where that was not asked for.
  public private(set) var deviation: Float?
  /// What the file calls the image, the number that ONNX has for the type of its elements, and the shape of one.
  public let image: (name: String, element: Int, shape: [Int])
  /// What people should know, each a sentence without its full stop.
  public private(set) var notes: [String] = []
}

/// What is exported.
public struct MapExportRequest {
  /// The file of the network.
  public var path: String
  /// Whether it is one of ONNX's, which the map can be added to.
  public var isONNX = true
  /// The method, and how it is written.
  public var method: any AttributionMethod, expression: String
  /// What the map is of, and how it is written.
  public var target: MapExport.Target, targetName: String
  /// What is known of the image beyond its numbers.
  public var options: SessionOptions
  /// The version of ONNX's operators; `nil` for the file's own where maps can be written in it.
  public var opset: Int?
  /// Whether a layer's map is stretched to the size of the image.
  public var isStretched = false
  /// Whether the network's own outputs stay.
  public var keepsOutputs = true
  /// Whether the file is read again and its map compared with the method's own.
  public var isChecked = true
  /// Further pairs that the file tells of itself.
  public var facts: [(key: String, value: String)] = []

  /// A request with nothing out of the ordinary.
  public init(
    _ path: String, method: any AttributionMethod, expression: String, target: MapExport.Target, targetName: String,
    options: SessionOptions = SessionOptions()
  ) {
    (self.path, self.method, self.expression) = (path, method, expression)
    (self.target, self.targetName, self.options) = (target, targetName, options)
  }
}

extension MapExport {
  /// Writes a map beside the network that `model` was made of; where the file is no good for that, or none of ONNX's, the
  /// network is written anew.
  ///
  /// - Throws: ``ExportError`` in a sentence, and whatever the method throws.
  public init(_ request: MapExportRequest, of model: GraphModel) throws {
    do { self = try Self(request, model, takesOne: false) } catch let error as ExportError where error.isAboutBatches {
      self = try Self(request, model, takesOne: true)
      notes.append("\(error): the file written takes one")
    }
  }

  private init(_ request: MapExportRequest, _ model: GraphModel, takesOne: Bool) throws {
    if request.isONNX {
      do {
        self = try Self(addingTo: request, model, takesOne: takesOne)
        return
      } catch let error as ExportError where error.isAboutFile {
        self = try Self(writingAnew: request, model, takesOne: takesOne)
        notes.insert("\(error): the network is written anew, in numbers of 32 bits", at: 0)
        return
      }
    }
    self = try Self(writingAnew: request, model, takesOne: takesOne)
  }

  private init(addingTo request: MapExportRequest, _ model: GraphModel, takesOne: Bool) throws {
    var file = try NetworkFileCopy(contentsOf: request.path), notes: [String] = []
    let size = try file.data(telling: []).count
    guard file.names.isDisjoint(with: [NetworkFileCopy.mapName, NetworkFileCopy.targetName]) else {
      throw ExportError("the file has a map already: export from the network's own file")
    }
    let own = file.opset, version = try request.version(own: own)
    try file.convert(to: version)
    if version != own { notes.append("the file's operators were of opset \(own) and are of \(version) now") }
    let (images, isReal) = try file.settle(model.input, takesOne: takesOne, &notes)
    var recording = request.recording(
      version, isBatchOpen: images != nil, existing: file.computed, weight: file.weight)
    (recording.isImageReal, recording.unreal) = (isReal, file.unreal)
    let map = try request.recorded(recording, of: model)
    file.add(map, images: images ?? "", choosesClass: request.choosesClass)
    if !request.keepsOutputs { file.keepOnlyMap() }
    try self.init(file, map, request, model, images: images, opset: version, networkBytes: size)
    self.notes = notes
  }

  private init(writingAnew request: MapExportRequest, _ model: GraphModel, takesOne: Bool) throws {
    let version = try request.version(own: nil)
    let images = model.takesBatches && !takesOne ? "batch" : nil, weights = CollectedWeights()
    var recording = request.recording(version, isBatchOpen: images != nil, existing: [], weight: weights.name)
    recording.writesNetwork = true
    let map = try request.recorded(recording, of: model)
    var file = NetworkFileCopy(anew: model, opset: version, images: images)
    let widening = file.add(weights: weights.arrays)
    file.add(map.outputs, named: model.outputs.map(\.name), images: images ?? "")
    let nodes = file.message.graph.node
    file.message.graph.node = []
    let before = try file.data(telling: []).count
    file.add(map, images: images ?? "", choosesClass: request.choosesClass)
    file.message.graph.node = widening + file.message.graph.node + nodes
    if !request.keepsOutputs { file.keepOnlyMap() }
    try self.init(file, map, request, model, images: images, opset: version, networkBytes: before)
  }

  private init(
    _ file: NetworkFileCopy, _ map: RecordedMap, _ request: MapExportRequest, _ model: GraphModel, images: String?,
    opset: Int, networkBytes: Int
  ) throws {
    let facts = [
      ("limn_method", request.expression), ("limn_layer", map.layer.name), ("limn_target", request.targetName),
      ("limn_size", request.isStretched ? "input" : "layer"),
    ]
    hasFilesBeside = file.hasFilesBeside
    data = try file.data(telling: facts.map { (key: $0.0, value: $0.1) } + request.facts)
    (layer, shape, self.images, self.opset) = (map.layer, Array(map.shape.extents.dropFirst()), images, opset)
    (addedNodes, addedBytes) = (map.nodes.count, data.count - networkBytes)
    let kind = file.input(model.input.name)?.type.tensorType, element = kind?.elemType ?? 0
    let extents = kind?.shape.dim.dropFirst().map { Int($0.dimValue) } ?? model.input.shape
    image = (model.input.name, element == 0 ? 1 : Int(element), extents)
    if request.isChecked { deviation = try checkedDeviation(request, model) }
  }

  /// How far the map is from the method's own.
  ///
  /// - Throws: ``ExportError`` where it is another one.
  private func checkedDeviation(_ request: MapExportRequest, _ model: GraphModel) throws -> Float {
    let count = shape.reduce(1, *)
    let deviation = try Self.deviation(of: data, from: request, model, isBatchOpen: images != nil, count: count)
    guard deviation < Self.tolerance else {
      let alone = try images.map { _ in
        try Self.deviation(of: data, from: request, model, isBatchOpen: false, count: count)
      }
      if let alone, alone < Self.tolerance {
        throw ExportError("the network mixes the images that it is given at a time", isAboutBatches: true)
      }
      let share =
        deviation.isFinite ? "\(Int((100 * deviation).rounded(.up))) % of its largest value" : "numbers that are none"
      throw ExportError(
        "\(request.expression) cannot be exported: what could be written of it differs from its own map by \(share)",
        remedy: ExportError.otherMethods)
    }
    return deviation
  }
}

/// Weights of a network that is written anew, by the names that it has for them.
private final class CollectedWeights {
  var arrays: [String: NDArray] = [:]

  func name(_ name: String, _ array: NDArray) -> String? {
    arrays[name] = array
    return name
  }
}

extension MapExportRequest {
  var choosesClass: Bool { if case .open(.chosen) = target { true } else { false } }

  /// The version to write.
  fileprivate func version(own: Int?) throws -> Int {
    let version = opset ?? min(max(own ?? 0, 17), NetworkFileCopy.writable.upperBound)
    guard NetworkFileCopy.writable.contains(version) else {
      throw ExportError("maps are written in opsets 13 to 21, and not in \(version)")
    }
    return version
  }

  fileprivate func recording(
    _ opset: Int, isBatchOpen: Bool, existing: Set<String>, weight: @escaping (String, NDArray) -> String?
  ) -> RecordingRequest {
    var recording = RecordingRequest(opset: opset, isBatchOpen: isBatchOpen, existing: existing, weight: weight)
    recording.isStretched = isStretched
    recording.chosenClass = NetworkFileCopy.targetName
    return recording
  }
}

extension NetworkFileCopy {
  /// Settles what the file leaves open of the image's size, as the map is of one size.
  ///
  /// - Returns: What the number of images is called where it is open, and whether the image holds real numbers.
  /// - Throws: ``ExportError`` where the file takes several images, or an image without their axis.
  fileprivate mutating func settle(
    _ image: Layer, takesOne: Bool, _ notes: inout [String]
  ) throws -> (images: String?, isReal: Bool) {
    guard let index = message.graph.input.firstIndex(where: { $0.name == image.name }) else {
      throw ExportError("the file has no input '\(image.name)'", isAboutFile: true)
    }
    let known = Set(message.graph.initializer.map(\.name))
    guard message.graph.input.filter({ !known.contains($0.name) }).count == 1 else {
      throw ExportError("the file has further inputs, which are fixed to arrays", isAboutFile: true)
    }
    let isReal = [0, 1].contains(message.graph.input[index].type.tensorType.elemType)
    var extents = message.graph.input[index].type.tensorType.shape.dim
    guard extents.count == image.nativeShape.count + 1 else {
      throw ExportError("the input '\(image.name)' has no axis for images", isAboutFile: true)
    }
    var images: String?
    switch extents[0].value {
    case .dimValue(1): break
    case _ where takesOne: extents[0].dimValue = 1
    case .dimValue(let count) where count > 1:
      throw ExportError("the file takes \(count) images at a time", isAboutFile: true)
    case .dimParam(let name) where !name.isEmpty: images = name
    default:
      images = "batch"
      extents[0].dimParam = "batch"
    }
    for (axis, extent) in image.nativeShape.enumerated() {
      if case .dimValue(let own) = extents[axis + 1].value, own > 0 { continue }
      extents[axis + 1].dimValue = Int64(extent)
      notes.append(
        "the map is for images of this size: axis \(axis + 1) of '\(image.name)' is \(extent) in the file written")
    }
    message.graph.input[index].type.tensorType.shape.dim = extents
    return (images, isReal)
  }
}
