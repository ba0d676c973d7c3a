import AttributionKit
import DemoNetwork
package import GraphAdapter
import GraphEngine
import Images
import Kernels
package import Tensors

/// Clever Hans: a network that takes a picture for one class by a watermark alone, whatever else there is to see.
///
/// Its weights are set by hand. One channel lights up at pure magenta, which is the watermark and nothing else in the
/// scenes, another at whatever is colourful, and the class asked about takes the first alone: the evidence is the
/// watermark's pixels. Named after Lapuschkin et al., Nature Communications 2019, arXiv:1902.10178.
public struct Watermark: BenchmarkTask {
  public let identifier = "watermark"
  public let summary =
    "scenes with a small magenta watermark, by which alone a network with weights set by hand decides."
  public let citation: String? = "Lapuschkin et al., Nature Communications 2019, arXiv:1902.10178"
  public let count: Int

  public init(count: Int = 12) { self.count = count }

  private static let side = 64
  private static let size = 6

  /// The network; its input holds samples from 0 to 1.
  package static var model: GraphModel { get throws { try GraphModel(network(1)) { network($0) } } }

  /// The scenes as the network takes them, `[3, 64, 64]`, with the watermark's pixels.
  package var images: [(image: Tensor, truth: Tensor)] {
    var random = SplitMix64(seed: 11)
    return (0..<count).map { index in
      var raster = Scene(pair: false, seed: 9_000 + UInt64(index), side: Self.side).raster
      let (left, top) = (random.below(Self.side - Self.size), random.below(Self.side - Self.size))
      var truth = Tensor(repeating: 0, shape: [Self.side, Self.side])
      for y in top..<top + Self.size {
        for x in left..<left + Self.size {
          raster[x, y] = (255, 0, 255)
          truth[y * Self.side + x] = 1
        }
      }
      return (raster.planes, truth)
    }
  }

  public func forEachCase(_ body: (BenchmarkCase) throws -> Void) throws {
    let model = try Self.model
    for (image, truth) in images {
      let session = try ExplanationSession(
        of: model, on: image, for: ClassLogit(index: 0),
        options: SessionOptions(colors: InputColors(black: [0, 0, 0], white: [1, 1, 1])))
      try body(BenchmarkCase(session, truth: truth))
    }
  }

  /// Colour detectors → ReLU → mean over 3 × 3 → ReLU → global average → two classes: by the watermark, by the rest.
  private static func network(_ images: Int) -> Graph {
    let mean = ConvolutionGeometry(stride: 1, padding: 1)
    // Magenta: R/2 + B/2 − G above 0.8. Colourful: R above the mean of the others.
    let detectors: [Float] = [0.5, -1, 0.5, 1, -0.5, -0.5]
    var smoothing = Tensor(repeating: 0, shape: [2, 2, 3, 3])
    for channel in 0..<2 { for tap in 0..<9 { smoothing[(channel * 2 + channel) * 9 + tap] = 1 / 9 } }
    return Graph(
      inputs: [.init("image", shape: [images, 3, side, side])],
      nodes: [
        Node(Convolution(ConvolutionGeometry()), ["image", "w1", "b1"], to: "colors"),
        Node(ElementwiseFunction(.relu), ["colors"], to: "detected"),
        Node(Convolution(mean), ["detected", "w2", "b2"], to: "smoothed"),
        Node(ElementwiseFunction(.relu), ["smoothed"], to: "features"),
        Node(GlobalAveragePool(), ["features"], to: "pooled"),
        Node(Reshape(to: [images, 2]), ["pooled"], to: "flat"), Node(Linear(), ["flat", "w3"], to: "logits"),
      ],
      constants: [
        "w1": NDArray(Tensor(detectors, shape: [2, 3, 1, 1])).asConstant(),
        "b1": NDArray(Tensor([-0.8, 0], shape: [2])).asConstant(),
        "w2": NDArray(smoothing).asConstant(), "b2": NDArray(Tensor([0, 0], shape: [2])).asConstant(),
        "w3": NDArray(Tensor([400, 0, 0, 4], shape: [2, 2])).asConstant(),
      ], outputs: ["logits"])
  }
}

extension Raster {
  /// `[3, height, width]`, 0…1.
  fileprivate var planes: Tensor {
    let area = width * height
    return Tensor(
      (0..<3).flatMap { channel in (0..<area).map { Float(samples[3 * $0 + channel]) / 255 } },
      shape: [3, height, width])
  }
}
