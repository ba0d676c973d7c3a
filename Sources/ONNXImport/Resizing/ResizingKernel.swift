import Kernels

/// Which positions of the original axis a place between them is made of.
enum ResizingKernel {
  case nearest(NearestRounding)
  case weighted(Curve, isSmoothed: Bool, excludesOutside: Bool)

  enum Curve: Hashable {
    case linear
    /// Keys' cubic convolution with its coefficient `a` (Keys 1981).
    case cubic(Double)

    /// How far the curve reaches to either side.
    var reach: Double { self == .linear ? 1 : 2 }

    func weight(at distance: Double) -> Double {
      let x = abs(distance)
      switch self {
      case .linear: return max(0, 1 - x)
      case .cubic(let a):
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
      }
    }
  }

  /// The positions and weights for one place; beyond the ends, the last position is repeated.
  func terms(at place: Double, _ change: Resizing.Change) -> [Interpolation.Term] {
    let last = change.extent - 1
    switch self {
    case .nearest(let rounding):
      let position = Int(max(-1, min(Double(last) + 1, rounding.round(place, isShrinking: change.scale < 1))))
      return [Interpolation.Term(min(max(position, 0), last), 1)]
    case .weighted(let curve, let isSmoothed, let excludesOutside):
      // Where an axis shrinks, a smoothed curve is as wide as the original positions that one new position covers.
      let scale = isSmoothed ? min(change.scale, 1) : 1
      let place = max(-0x1p32, min(0x1p32, place))
      let first = Int((place - curve.reach / scale).rounded(.down))
      let end = Int((place + curve.reach / scale).rounded(.up))
      var weights: [Int: Double] = [:]
      for position in first...end where !excludesOutside || (0...last).contains(position) {
        weights[min(max(position, 0), last), default: 0] += curve.weight(at: (Double(position) - place) * scale)
      }
      let total = excludesOutside || isSmoothed ? weights.values.reduce(0, +) : 1
      return weights.filter { $0.value != 0 }.sorted { $0.key < $1.key }
        .map { Interpolation.Term($0.key, Float(total == 0 ? 0 : $0.value / total)) }
    }
  }
}

/// How the nearest position is found, by ONNX's names.
enum NearestRounding: String {
  case halfDown = "round_prefer_floor"
  case halfUp = "round_prefer_ceil"
  case down = "floor"
  case up = "ceil"
  /// Until opset 10, as onnxruntime does it: down where the axis grows, up where it shrinks.
  case original = ""

  func round(_ place: Double, isShrinking: Bool) -> Double {
    switch self {
    case .halfDown: (place - 0.5).rounded(.up)
    case .halfUp: (place + 0.5).rounded(.down)
    case .down: place.rounded(.down)
    case .up: place.rounded(.up)
    case .original: isShrinking ? place.rounded(.up) : place.rounded(.down)
    }
  }
}
