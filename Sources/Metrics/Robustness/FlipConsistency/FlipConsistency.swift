public import AttributionKit
import Tensors

/// Flip consistency: how alike the map is to that of the mirrored image, mirrored back.
///
///     s(a(x), M⁻¹a(M x))
///
/// The class stays.
public struct FlipConsistency: AttributionMetric {
  public var similarity: MapSimilarity

  public init(similarity: MapSimilarity = .spearman) { self.similarity = similarity }

  /// The method's, for the mirrored image.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    method.cost(on: model).repeated(onInputs: 1)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``; whatever the method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let session = explanation.session, map = try explanation.importance()
    let other = try explanation.repeated(on: session.grid.mirrored(session.input)).importance()
    guard let value = similarity.similarity(of: map, and: other.mirrored) else {
      return .undefined("one of the maps is the same everywhere")
    }
    return MetricResult(value)
  }
}

extension Tensor {
  /// A map `[height, width]` with its columns in reverse order.
  fileprivate var mirrored: Tensor {
    let width = shape[1]
    return Tensor(scalars.indices.map { scalars[$0 / width * width + width - 1 - $0 % width] }, shape: shape)
  }
}

extension FlipConsistency {
  public static let descriptor = MetricDescriptor(
    "flip-consistency", title: "Flip consistency", family: .robustness,
    summary: "How alike the map is to that of the mirrored image, mirrored back.",
    citation: "Wang, Zhang, Kan, Shan & Chen, CVPR 2020, arXiv:2004.04581", better: .higher, range: -1...1,
    prototype: FlipConsistency(),
    parameters: [
      Parameter("similarity", \.similarity, help: "how maps are compared", among: MapSimilarity.allCases)
    ])
}
