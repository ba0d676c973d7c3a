import GraphEngine
import Kernels

extension Layers {
  /// `UpSampling…`: positions repeated, or interpolated between.
  static func upSampling(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.image(&graph)
    let factors = try call.layer.integers("size", count: call.spatialRank)
    let spatial = Array(x.extents.dropFirst(2))
    for (extent, factor) in zip(spatial, factors) where elementCount(of: [extent, factor]) == nil {
      throw .tooLarge(value: call.output, shape: [extent, factor])
    }
    return try resized(x, to: zip(spatial, factors).map { $0 * $1 }, call, &graph)
  }

  /// `Resizing` to a fixed size, proportions not kept.
  static func resizing(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    for setting in ["crop_to_aspect_ratio", "pad_to_aspect_ratio"]
    where try call.layer.flag(setting, default: false) {
      throw call.unsupported("its '\(setting)' is set")
    }
    let x = try call.image(&graph)
    let size = [try call.layer.integer("height"), try call.layer.integer("width")]
    let result = try resized(x, to: size, call, &graph)
    graph.passImage(from: input, to: result)
    return result
  }

  private static func resized(
    _ x: Value, to size: [Int], _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let name = call.layer.config["interpolation"].text ?? (call.layer.className == "Resizing" ? "bilinear" : "nearest")
    let isAntialiased = try call.layer.flag("antialias", default: false)
    guard let filter = ResizingFilter(rawValue: name), filter != .bicubic || !isAntialiased else {
      throw call.unsupported("its interpolation is '\(name)'\(isAntialiased ? " with 'antialias'" : "")")
    }
    var axes: [Resize.Axis] = []
    for (axis, extent) in size.enumerated() {
      let source = x.extents[axis + 2]
      let rows = (0..<extent).map { filter.terms(at: $0, of: extent, from: source, isAntialiased: isAntialiased) }
      do { axes.append(Resize.Axis(axis + 2, try Interpolation(rows: rows, sourceExtent: source))) } catch {
        throw call.malformed("\(error)")
      }
    }
    return try graph.add(Resize(axes), [x], to: call.output, isMoved: x.isMoved, for: call)
  }
}

/// How TensorFlow weights the positions of an axis when it resizes images, half-pixel centres aligned.
private enum ResizingFilter: String {
  case nearest, bilinear, bicubic

  /// The positions that one of `count` is made of.
  func terms(at position: Int, of count: Int, from source: Int, isAntialiased: Bool) -> [Interpolation.Term] {
    let scale = Double(source) / Double(count), place = (Double(position) + 0.5) * scale - 0.5
    switch self {
    case .nearest: return [.init(min(source - 1, (2 * position + 1) * source / (2 * count)), 1)]
    case .bilinear where isAntialiased && scale > 1:
      return Self.normalized(around: place, radius: scale, source) { 1 - abs($0) / scale }
    case .bilinear:
      let inside = min(max(place, 0), Double(source - 1)), lower = Int(inside), share = Float(inside - Double(lower))
      return share == 0 ? [.init(lower, 1)] : [.init(lower, 1 - share), .init(lower + 1, share)]
    case .bicubic:
      // Distances are rounded to 1/1024, as TensorFlow's table of weights has them.
      let floor = place.rounded(.down), rounded = floor + ((place - floor) * 1024).rounded() / 1024
      return Self.normalized(around: rounded, radius: 2, source, Self.cubic)
    }
  }

  /// Weights by distance within a radius, one in sum; what lies outside has none.
  private static func normalized(
    around place: Double, radius: Double, _ source: Int, _ weight: (Double) -> Double
  ) -> [Interpolation.Term] {
    let first = max(0, Int((place - radius).rounded(.up))), last = min(source - 1, Int((place + radius).rounded(.down)))
    let weights = (first...max(first, last)).map { ($0, weight(Double($0) - place)) }.filter { $0.1 != 0 }
    let sum = weights.reduce(0) { $0 + $1.1 }
    return weights.map { .init($0.0, Float($0.1 / sum)) }
  }

  /// Keys' cubic convolution, a = −½.
  private static func cubic(_ distance: Double) -> Double {
    let x = abs(distance)
    return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
  }
}
