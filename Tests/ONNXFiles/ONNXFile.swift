public import Foundation
import ONNXImport
import SwiftProtobuf
import Tensors
import TestSupport

/// Small ONNX files with random weights: a convolution, a ReLU, and a head of some kind.
public struct ONNXFile: Sendable {
  /// What the image input takes, and its name.
  public var input: [Int] = [1, 3, 16, 16]
  /// Which outputs the file declares, the first being the one explained.
  public var outputs = ["y"]
  /// What the program that wrote it says of the network, by key.
  public var metadata: [String: String] = [:]
  private var nodes: [Limn_Onnx_NodeProto]
  private var weights: [Limn_Onnx_TensorProto]
  private var otherInputs: [(name: String, shape: [Int])] = []
  private var imageName = "image"
  private var elements = Elements.float32

  /// What a file takes the elements of its image for, by ONNX's numbers.
  public enum Elements: Int32, Sendable {
    case float32 = 1
    case uint8 = 2
    case int8 = 3
    case float16 = 10
  }

  /// The stem: 6 channels on the image's own grid, named `features`.
  private init(channels: Int = 3, height: Int = 16, width: Int = 16) {
    input = [1, channels, height, width]
    nodes = [
      Self.node("Conv", ["image", "stem"], "stemmed", [Self.attribute("pads", [1, 1, 1, 1])]),
      Self.node("Relu", ["stemmed"], "features"),
    ]
    weights = [Self.tensor("stem", [6, channels, 3, 3], 0.61803)]
  }

  /// One number for each of `count` classes or features, or a single logit.
  public static func vector(_ count: Int, channels: Int = 3, sigmoid: Bool = false) -> ONNXFile {
    var file = ONNXFile(channels: channels)
    file.nodes += [
      node("GlobalAveragePool", ["features"], "pooled"), node("Flatten", ["pooled"], "flat"),
      node("MatMul", ["flat", "head"], sigmoid ? "logits" : "y"),
    ]
    if sigmoid { file.nodes.append(node("Sigmoid", ["logits"], "y")) }
    file.weights.append(tensor("head", [6, count], 0.41421))
    return file
  }

  /// A linear function of the pixels, `count` classes: no layer has places, and no activation function bends it.
  public static func linear(_ count: Int) -> ONNXFile {
    var file = ONNXFile()
    file.nodes = [node("Flatten", ["image"], "flat"), node("MatMul", ["flat", "head"], "y")]
    file.weights = [tensor("head", [3 * 16 * 16, count], 0.41421)]
    return file
  }

  /// The same network with another function in place of its rectifier.
  public func activated(by function: String) -> ONNXFile {
    var file = self
    for index in file.nodes.indices where file.nodes[index].opType == "Relu" { file.nodes[index].opType = function }
    return file
  }

  /// The same network, whose head is stored in another form, which a node brings into its own: `Transpose` or `Reshape`.
  public func formingHead(by type: String) -> ONNXFile {
    var file = self
    guard let index = file.weights.firstIndex(where: { $0.name == "head" }) else { return file }
    let (rows, columns) = (Int(weights[index].dims[0]), Int(weights[index].dims[1]))
    file.weights[index].name = "stored"
    if type == "Transpose" {
      file.weights[index].dims = [Int64(columns), Int64(rows)]
      file.weights[index].floatData = (0..<rows * columns).map {
        weights[index].floatData[$0 % rows * columns + $0 / rows]
      }
      file.nodes.insert(Self.node(type, ["stored"], "head", [Self.attribute("perm", [1, 0])]), at: 0)
    } else {
      file.weights[index].dims = [1, Int64(rows * columns)]
      file.weights.append(
        .with { ($0.name, $0.dims, $0.dataType, $0.int64Data) = ("form", [2], 7, [Int64(rows), Int64(columns)]) })
      file.nodes.insert(Self.node(type, ["stored", "form"], "head"), at: 0)
    }
    return file
  }

  /// The same network in half precision: its image, its weights, its answer.
  public func holdingHalves() -> ONNXFile {
    var file = self
    file.elements = .float16
    for index in file.weights.indices where file.weights[index].dataType == 1 {
      let steps = file.weights[index].floatData.map { UInt16(($0.magnitude * 0x1p10).rounded()) }
      // Whole numbers below 2048 have eleven bits at most: their halves are made by their exponents.
      let halves = zip(file.weights[index].floatData, steps).map { number, count -> UInt16 in
        guard count > 0 else { return 0 }
        let exponent = UInt16(count.bitWidth - 1 - count.leadingZeroBitCount)
        return (number < 0 ? 0x8000 : 0) | (exponent + 5) << 10 | (count << (10 - exponent)) & 0x3FF
      }
      (file.weights[index].floatData, file.weights[index].dataType) = ([], 10)
      file.weights[index].rawData = halves.withUnsafeBytes { Data($0) }
    }
    return file
  }

  /// The same network, answering with maps whose channels are last.
  public func channelsLast() -> ONNXFile {
    var file = self
    file.nodes[file.nodes.count - 1].output = ["first"]
    file.nodes.append(Self.node("Transpose", ["first"], "y", [Self.attribute("perm", [0, 2, 3, 1])]))
    return file
  }

  /// The same network, seeing the square roots of the image.
  public func seeingRoots() -> ONNXFile {
    var file = self
    for index in file.nodes.indices {
      file.nodes[index].input = file.nodes[index].input.map { $0 == file.imageName ? "roots" : $0 }
    }
    file.nodes.insert(Self.node("Sqrt", [file.imageName], "roots"), at: 0)
    return file
  }

  /// The same network with a number of its first weights replaced.
  public func replacingFirstWeight(by number: Float) -> ONNXFile {
    var file = self
    file.weights[0].floatData[0] = number
    return file
  }

  /// `count` classes, or one mask, on every second row and column, and twice that in the output `aux`.
  public static func segmentation(_ count: Int, height: Int = 16, width: Int = 16) -> ONNXFile {
    var file = ONNXFile(height: height, width: width)
    file.nodes += [
      node(
        "Conv", ["features", "head"], "logits", [attribute("pads", [1, 1, 1, 1]), attribute("strides", [2, 2])]),
      node(count == 1 ? "Sigmoid" : "Softmax", ["logits"], "y", count == 1 ? [] : [attribute("axis", 1)]),
      node("Add", ["logits", "logits"], "aux"),
    ]
    file.outputs = ["y", "aux"]
    file.weights.append(tensor("head", [count, 6, 3, 3], 0.41421))
    return file
  }

  /// `count` maps on the image's own grid.
  public static func maps(_ count: Int) -> ONNXFile {
    var file = ONNXFile()
    file.nodes.append(node("Conv", ["features", "head"], "y"))
    file.weights.append(tensor("head", [count, 6, 1, 1], 0.41421))
    return file
  }

  /// Classes of an image and a second input, `context`, of four numbers.
  public static func withContext(_ count: Int) -> ONNXFile {
    var file = vector(count)
    file.nodes[file.nodes.count - 1].output = ["seen"]
    file.nodes += [
      node("MatMul", ["context", "mixing"], "told"), node("Add", ["seen", "told"], "y"),
    ]
    file.weights.append(tensor("mixing", [4, count], 0.73205))
    file.otherInputs = [("context", [1, 4])]
    return file
  }

  /// Classes of how two images, `left` and `right`, differ behind a stem that they share.
  public static func pair(_ count: Int) -> ONNXFile {
    var file = ONNXFile()
    (file.imageName, file.otherInputs) = ("left", [("right", file.input)])
    file.nodes = ["left", "right"].flatMap { side in
      [
        node("Conv", [side, "stem"], "\(side) stemmed", [attribute("pads", [1, 1, 1, 1])]),
        node("Relu", ["\(side) stemmed"], "\(side) features"),
        node("GlobalAveragePool", ["\(side) features"], "\(side) pooled"),
      ]
    }
    file.nodes += [
      node("Sub", ["left pooled", "right pooled"], "difference"), node("Flatten", ["difference"], "flat"),
      node("MatMul", ["flat", "head"], "y"),
    ]
    file.weights.append(tensor("head", [6, count], 0.41421))
    return file
  }

  /// Three numbers of the product of some images, all of one size, whose channels broadcast.
  public static func products(of images: [(name: String, shape: [Int])]) -> ONNXFile {
    var file = ONNXFile()
    (file.imageName, file.input) = images[0]
    file.otherInputs = Array(images.dropFirst())
    file.nodes = [node("Mul", images.map(\.name), "image")] + vector(3).nodes
    file.weights = vector(3).weights
    return file
  }

  /// A detector on the product of several images, `[1, 4 + 3, 256]`: numbers of boxes, then sigmoids of three classes.
  ///
  /// Boxes are multiplied by an input of numbers, where one is named.
  public static func detector(
    on images: [(name: String, shape: [Int])], boxesTimes factor: (name: String, shape: [Int])? = nil
  ) -> ONNXFile {
    var file = products(of: images)
    file.nodes.removeLast(3)
    if images.count == 1 { file.nodes[0] = node("Identity", [images[0].name], "image") }
    file.nodes += [
      node("Conv", ["features", "box"], factor == nil ? "boxes" : "unscaled"),
      node("Conv", ["features", "class"], "logits"), node("Sigmoid", ["logits"], "p"),
    ]
    if let factor {
      file.otherInputs.append(factor)
      file.nodes += [
        node("ReduceMax", [factor.name], "factor", [attribute("keepdims", 0)]),
        node("Mul", ["unscaled", "factor"], "boxes"),
      ]
    }
    file.nodes += [
      node("Reshape", ["boxes", "four-rows"], "box-rows"), node("Reshape", ["p", "three-rows"], "class-rows"),
      node("Concat", ["box-rows", "class-rows"], "y", [attribute("axis", 1)]),
    ]
    file.weights += [tensor("box", [4, 6, 1, 1], 0.41421), tensor("class", [3, 6, 1, 1], 0.73205)]
    for (name, count) in [("four-rows", 4), ("three-rows", 3)] as [(String, Int64)] {
      file.weights.append(.with { ($0.name, $0.dims, $0.dataType, $0.int64Data) = (name, [3], 7, [1, count, 256]) })
    }
    return file
  }

  /// The same detector with the choice of its likely rows, `[rows, 7]`, of which the image decides how many there are.
  public func choosingRows() -> ONNXFile {
    var file = self
    file.nodes += [
      Self.node("Slice", ["y", "four", "seven", "one"], "scores"),
      Self.node("ReduceMax", ["scores", "one"], "best", [Self.attribute("keepdims", 0)]),
      Self.node("Greater", ["best", "half"], "likely"), Self.node("NonZero", ["likely"], "places"),
      Self.node("Transpose", ["y"], "turned", [Self.attribute("perm", [0, 2, 1])]),
      Self.node("Transpose", ["places"], "pairs", [Self.attribute("perm", [1, 0])]),
      Self.node("GatherND", ["turned", "pairs"], "chosen"),
    ]
    for (name, number) in [("four", 4), ("seven", 7), ("one", 1)] as [(String, Int64)] {
      file.weights.append(.with { ($0.name, $0.dims, $0.dataType, $0.int64Data) = (name, [1], 7, [number]) })
    }
    file.weights.append(.with { ($0.name, $0.dims, $0.dataType, $0.floatData) = ("half", [1], 1, [0.5]) })
    file.outputs = ["chosen"]
    return file
  }

  /// The same detector with the choice of boxes by the score of each row's best class, and that class.
  ///
  /// - Parameter isFixed: whether the boxes are constants of the file, rather than what it finds.
  /// - Returns: The detector with the choice.
  public func suppressingBest(ofFixedBoxes isFixed: Bool = false) -> ONNXFile {
    var file = self
    file.nodes += [
      Self.node("Mul", ["box-rows", "two"], "scaled"),
      Self.node("Transpose", ["scaled"], "found-list", [Self.attribute("perm", [0, 2, 1])]),
      Self.node("ReduceMax", ["class-rows", "axis"], "best", [Self.attribute("keepdims", 1)]),
      Self.node("ArgMax", ["class-rows"], "kinds", [Self.attribute("axis", 1), Self.attribute("keepdims", 0)]),
      Self.node("NonMaxSuppression", [isFixed ? "fixed-list" : "found-list", "best", "most"], "kept"),
      Self.node("Gather", ["kept", "column"], "index", [Self.attribute("axis", 1)]),
      Self.node("Gather", [isFixed ? "fixed-list" : "found-list", "index"], "boxes-left", [Self.attribute("axis", 1)]),
      Self.node("Gather", ["kinds", "index"], "labels", [Self.attribute("axis", 1)]),
    ]
    for (name, number) in [("axis", 1), ("most", 9)] as [(String, Int64)] {
      file.weights.append(.with { ($0.name, $0.dims, $0.dataType, $0.int64Data) = (name, [1], 7, [number]) })
    }
    file.weights.append(.with { ($0.name, $0.dims, $0.dataType, $0.int64Data) = ("column", [], 7, [2]) })
    file.weights.append(.with { ($0.name, $0.dims, $0.dataType, $0.floatData) = ("two", [1], 1, [2]) })
    file.weights.append(Self.tensor("fixed-list", [1, 256, 4], 0.31831))
    file.outputs = ["boxes-left", "labels"]
    return file
  }

  /// One step behind the numbers of a network, by the name of ONNX's operator.
  public struct Step: Sendable {
    let type: String, inputs: [String], output: String, attributes: [String: Int64]

    /// A step that reads values, or constants by their numbers: `"0.5"`.
    public init(_ type: String, _ inputs: [String], to output: String = "y", attributes: [String: Int64] = [:]) {
      (self.type, self.inputs, self.output, self.attributes) = (type, inputs, output, attributes)
    }
  }

  /// The same with its numbers, now `z`, taken further to `y`.
  ///
  /// - Parameters:
  ///   - steps: what is done to them.
  ///   - wholes: constants of whole numbers that steps read, such as shapes, by name.
  ///   - reals: rows of numbers, by name.
  /// - Returns: The network with the steps.
  public func ending(
    in steps: [Step], _ wholes: [String: [Int64]] = [:], reals: [String: [Float]] = [:]
  ) -> ONNXFile {
    var file = self
    file.weights += wholes.sorted { $0.key < $1.key }.map { name, numbers in
      .with { ($0.name, $0.dims, $0.dataType, $0.int64Data) = (name, [Int64(numbers.count)], 7, numbers) }
    }
    file.weights += reals.sorted { $0.key < $1.key }.map { name, numbers in
      .with { ($0.name, $0.dims, $0.dataType, $0.floatData) = (name, [Int64(numbers.count)], 1, numbers) }
    }
    file.nodes[file.nodes.count - 1].output = ["z"]
    file.nodes += steps.map { step in
      Self.node(
        step.type, step.inputs, step.output,
        step.attributes.sorted { $0.key < $1.key }.map { Self.attribute($0.key, $0.value) })
    }
    let constants = Set(steps.flatMap(\.inputs)).compactMap { name in Float(name).map { (name, $0) } }
    file.weights += constants.sorted { $0.0 < $1.0 }.map { name, number in
      .with { ($0.name, $0.dims, $0.dataType, $0.floatData) = (name, [], 1, [number]) }
    }
    return file
  }

  /// The same with its image declared as whole numbers, which are cast to reals.
  public func declaring(_ elements: Elements) -> ONNXFile {
    var file = self
    file.elements = elements
    file.imageName = "samples"
    file.nodes.insert(Self.node("Cast", ["samples"], "image", [Self.attribute("to", 1)]), at: 0)
    return file
  }

  /// The same with the height and width of the image left open.
  public func leavingSizeOpen() -> ONNXFile {
    var file = self
    file.input[2...] = [-1, -1]
    return file
  }

  /// The same network for any number of images.
  public func leavingBatchOpen() -> ONNXFile {
    var file = self
    file.input[0] = -1
    return file
  }

  /// The same with its weights in a file beside it, and what that file holds.
  public func keepingWeights(in name: String) -> (file: ONNXFile, weights: Data) {
    var (file, weights) = (self, Data())
    for index in file.weights.indices {
      let numbers = file.weights[index].floatData
      let bytes = numbers.withUnsafeBytes { Data($0) }
      let entries = [("location", name), ("offset", "\(weights.count)"), ("length", "\(bytes.count)")]
      file.weights[index].floatData = []
      file.weights[index].dataLocation = 1
      file.weights[index].externalData = entries.map { key, value in .with { ($0.key, $0.value) = (key, value) } }
      weights += bytes
    }
    return (file, weights)
  }

  /// Metadata as protocol buffers have it: fields 14 of the model, each a key and a value.
  private var told: Data {
    func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
      let length = content.count
      return [number << 3 | 2] + (length < 128 ? [UInt8(length)] : [UInt8(length & 127) | 128, UInt8(length >> 7)])
        + content
    }
    return Data(
      metadata.sorted { $0.key < $1.key }.flatMap { key, value in
        field(14, field(1, Array(key.utf8)) + field(2, Array(value.utf8)))
      })
  }

  /// The bytes of the file.
  public var bytes: Data {
    get throws {
      var model = Limn_Onnx_ModelProto()
      model.irVersion = 8
      model.opsetImport = [.with { $0.version = 18 }]
      model.graph.node = nodes
      model.graph.initializer = weights
      model.graph.input = ([(name: imageName, shape: input)] + otherInputs).map { name, shape in
        .with {
          $0.name = name
          $0.type.tensorType.elemType = name == imageName ? elements.rawValue : 1
          $0.type.tensorType.shape.dim = shape.map { extent in
            .with { if extent < 0 { $0.dimParam = "open" } else { $0.dimValue = Int64(extent) } }
          }
        }
      }
      model.graph.output = outputs.map { name in .with { $0.name = name } }
      return try model.serializedBytes() + told
    }
  }

  private static func node(
    _ type: String, _ inputs: [String], _ output: String, _ attributes: [Limn_Onnx_AttributeProto] = []
  ) -> Limn_Onnx_NodeProto {
    .with { ($0.opType, $0.input, $0.output, $0.attribute) = (type, inputs, [output], attributes) }
  }

  private static func attribute(_ name: String, _ values: [Int64]) -> Limn_Onnx_AttributeProto {
    .with { ($0.name, $0.ints, $0.type) = (name, values, 7) }
  }

  private static func attribute(_ name: String, _ value: Int64) -> Limn_Onnx_AttributeProto {
    .with { ($0.name, $0.i, $0.type) = (name, value, 2) }
  }

  private static func tensor(_ name: String, _ shape: [Int], _ stride: Float) -> Limn_Onnx_TensorProto {
    .with {
      ($0.name, $0.dims, $0.dataType) = (name, shape.map(Int64.init), 1)
      $0.floatData = Tensor.scattered(shape, stride).scalars
    }
  }
}
