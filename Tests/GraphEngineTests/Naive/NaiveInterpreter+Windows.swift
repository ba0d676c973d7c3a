import Foundation
import GraphEngine
import Kernels

/// The definitions that take more than a line.
extension NaiveInterpreter {
  func combine(_ a: NaiveArray, _ b: NaiveArray, _ f: (Double, Double) -> Double) -> NaiveArray {
    NaiveArray(broadcastShape(a.shape, b.shape)!) { f(a.broadcast(at: $0), b.broadcast(at: $0)) }
  }

  func select(_ condition: NaiveArray, _ a: NaiveArray, _ b: NaiveArray) -> NaiveArray {
    let shape = broadcastShape(condition.shape, broadcastShape(a.shape, b.shape)!)!
    return NaiveArray(shape) { condition.broadcast(at: $0) != 0 ? a.broadcast(at: $0) : b.broadcast(at: $0) }
  }

  /// The scalar at an index of the padded array, `nil` in the padding.
  private func inside(_ x: NaiveArray, _ index: [Int]) -> Double? {
    zip(index, x.shape).allSatisfy { (0..<$1).contains($0) } ? x[index] : nil
  }

  func convolve(_ x: NaiveArray, _ w: NaiveArray, _ bias: NaiveArray?, _ g: ConvolutionGeometry) -> NaiveArray {
    var shape = [x.shape[0], w.shape[0]]
    for d in 0..<2 {
      let window = (w.shape[d + 2] - 1) * g.dilations[d] + 1
      shape.append((x.shape[d + 2] + g.paddingBefore[d] + g.paddingAfter[d] - window) / g.strides[d] + 1)
    }
    let perGroup = w.shape[0] / g.groups
    let taps = NaiveArray.indices(of: Array(w.shape.dropFirst()))
    return NaiveArray(shape) { i in
      var sum = bias?[[i[1]]] ?? 0
      for k in taps {
        var place = [i[0], i[1] / perGroup * w.shape[1] + k[0]]
        for d in 0..<2 { place.append(i[d + 2] * g.strides[d] + k[d + 1] * g.dilations[d] - g.paddingBefore[d]) }
        if let scalar = inside(x, place) { sum += w[[i[1]] + k] * scalar }
      }
      return sum
    }
  }

  func pool(_ x: NaiveArray, _ g: PoolingGeometry, _ f: ([Double]) -> Double) -> NaiveArray {
    var shape = Array(x.shape.prefix(2))
    for d in 0..<2 {
      let padded = x.shape[d + 2] + g.paddingBefore[d] + g.paddingAfter[d]
      shape.append((padded - g.kernel[d]) / g.strides[d] + 1)
    }
    return NaiveArray(shape) { i in
      var window: [Double] = []
      for k in NaiveArray.indices(of: g.kernel) {
        var place = Array(i.prefix(2))
        for d in 0..<2 { place.append(i[d + 2] * g.strides[d] + k[d] - g.paddingBefore[d]) }
        if let scalar = inside(x, place) { window.append(scalar) }
      }
      return f(window)
    }
  }

  func reduce(
    _ x: NaiveArray, _ axes: [Int], keepsDimensions: Bool, _ f: ([Double]) -> Double
  ) -> NaiveArray {
    let kept = x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] }
    let result = NaiveArray(kept) { i in
      f(
        NaiveArray.indices(of: axes.map { x.shape[$0] }).map { j in
          var index = i
          for (axis, position) in zip(axes, j) { index[axis] = position }
          return x[index]
        })
    }
    if keepsDimensions { return result }
    return NaiveArray(result.scalars, x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })
  }

  func softmax(_ x: NaiveArray, _ axis: Int) -> NaiveArray {
    let powers = x.map(exp)
    let sums = reduce(powers, [axis], keepsDimensions: true) { $0.reduce(0, +) }
    return combine(powers, sums, /)
  }

  func normalize(_ x: NaiveArray, scale: NaiveArray, _ op: LayerNormalization) -> NaiveArray {
    let axes = Array(op.axis..<x.shape.count)
    let centered = combine(x, reduce(x, axes, keepsDimensions: true) { $0.reduce(0, +) / Double($0.count) }, -)
    let variance = reduce(centered, axes, keepsDimensions: true) {
      $0.reduce(0) { $0 + $1 * $1 } / Double($0.count)
    }
    let deviation = variance.map { ($0 + Double(op.epsilon)).squareRoot() }
    return combine(combine(centered, deviation, /), scale, *)
  }

  func concatenate(_ xs: [NaiveArray], _ axis: Int) -> NaiveArray {
    var shape = xs[0].shape
    shape[axis] = xs.reduce(0) { $0 + $1.shape[axis] }
    return NaiveArray(shape) { i in
      var index = i
      for x in xs {
        if index[axis] < x.shape[axis] { return x[index] }
        index[axis] -= x.shape[axis]
      }
      return .nan
    }
  }

  func interpolate(_ x: NaiveArray, _ axis: Int, _ interpolation: Interpolation) -> NaiveArray {
    var shape = x.shape
    shape[axis] = interpolation.rows.count
    return NaiveArray(shape) { i in
      interpolation.rows[i[axis]].reduce(0) { sum, term in
        var index = i
        index[axis] = term.position
        return sum + Double(term.weight) * x[index]
      }
    }
  }
}
