import AttributionKit
import Tensors

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A file that begins with `MEANS` and names two classes, told apart by the image's channels: `MEANS warm cold`.
///
/// A fourth word, `everywhere`, has them told apart at each pixel.
struct MeansFormat: ModelFormat {
  let identifier = "means"
  let summary = "Networks that compare the channels of a picture."

  func recognizes(_ contents: UnsafeRawBufferPointer, at path: String) -> Bool { contents.starts(with: "MEANS".utf8) }

  func open(_ request: ModelRequest) throws -> OpenedModel {
    guard let file = fopen(request.path, "r") else { throw Refusal("\(request.path) cannot be read") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1000)
    let count = fread(&bytes, 1, bytes.count, file)
    let words = String(decoding: bytes[..<count], as: UTF8.self).split { $0 == " " || $0 == "\n" }.map(String.init)
    let hasPlaces = words.count == 4 && words[3] == "everywhere"
    guard words.count == 3 || hasPlaces else {
      throw Refusal("\(request.path) names no two classes: write 'MEANS warm cold'")
    }
    let size = request.imageSize ?? (8, 8)
    let input = Layer("input", shape: [3, size.height, size.width], operatorName: "Input")
    return OpenedModel(
      MeansModel(input: input, hasPlaces: hasPlaces), classNames: Array(words[1...2]),
      preprocessing: Preprocessing(resize: .exact))
  }
}

/// Two logits: the mean of the first channel less that of the last, and the reverse.
struct MeansModel: DifferentiableModel {
  let input: Layer
  let hasPlaces: Bool

  var layers: [Layer] { [input] }
  var automaticLayer: AutomaticLayer? { AutomaticLayer(input, because: "the only one") }
  var outputs: [Output] {
    let places = Output("logits", shape: [2] + input.shape.dropFirst(), kind: .places(.softmax))
    return [hasPlaces ? places : .classes(2)]
  }

  func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
    MeansTrace(input: inputs[0], hasPlaces: hasPlaces)
  }
}

struct MeansTrace: DifferentiableTrace {
  let input: Tensor
  let hasPlaces: Bool

  var outputs: [Tensor] {
    if hasPlaces {
      let difference = input.channel(0) - input.channel(2)
      return [Tensor(difference.scalars + (-difference).scalars, shape: [2] + difference.shape)]
    }
    let means = input.spatialMean().scalars
    return [Tensor([means[0] - means[2], means[2] - means[0]], shape: [2])]
  }
  var steps: [Step] { [] }
  var backwardPasses: Int { 0 }

  func activation(at layer: Layer) throws -> Tensor { input }

  func pullback(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
    guard let cotangent = cotangents.explained else { return Tensor(repeating: 0, shape: input.shape) }
    if hasPlaces {
      let slope = cotangent.channel(0) - cotangent.channel(1)
      return Tensor(slope.scalars + slope.map { _ in 0 }.scalars + (-slope).scalars, shape: input.shape)
    }
    let slope = (cotangent.scalars[0] - cotangent.scalars[1]) / Float(input.shape[1] * input.shape[2])
    return Tensor(repeating: 1, shape: input.shape) * Tensor([slope, 0, -slope], shape: [3])
  }
}
