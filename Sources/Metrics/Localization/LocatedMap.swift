import AttributionKit
import Tensors

/// One number for each pixel, beside the pixels of the object.
struct LocatedMap {
  /// Row by row; all finite, and not all zero.
  let values: [Float]
  /// Whether each pixel lies on the object.
  let isInside: [Bool]
  let height: Int, width: Int
  /// How many pixels the object has, one or more.
  let size: Int

  /// How many of the `count` highest pixels lie on the object.
  ///
  /// Pixels that tie for the last places each count by the share of them that there is room for, which is the mean over
  /// all orders of them.
  func hits(amongHighest count: Int) -> Double {
    let count = min(count, values.count)
    guard count > 0 else { return 0 }
    let last = Tensor(values, shape: [values.count]).scalar(atRank: values.count - count)
    var (above, aboveInside, tied, tiedInside) = (0, 0, 0, 0)
    for (value, isInside) in zip(values, isInside) where value >= last {
      if value > last {
        above += 1
        aboveInside += isInside ? 1 : 0
      } else {
        tied += 1
        tiedInside += isInside ? 1 : 0
      }
    }
    return Double(aboveInside) + Double(tiedInside) * Double(count - above) / Double(tied)
  }

  /// The share of the sum of all values that lies on the object.
  var shareInside: Float {
    var (inside, all) = (0.0, 0.0)
    for (value, isInside) in zip(values, isInside) {
      all += Double(value)
      if isInside { inside += Double(value) }
    }
    return Float(inside / all)
  }
}

/// What of a map can be held against an object.
enum Located {
  /// The order of all pixels, whatever their signs.
  case order
  /// What is above zero, without which nothing is.
  case evidence
}

extension Explanation {
  /// What a metric says of a map and the object.
  ///
  /// - Parameters:
  ///   - map: `[height, width]` of the input's pixels.
  ///   - located: What of it is held against the object.
  ///   - measure: Makes a result of the two.
  /// - Returns: That result; an undefined one where there is no object, or nothing to hold against it.
  func held(_ map: Tensor, as located: Located, _ measure: (LocatedMap) -> MetricResult) -> MetricResult {
    guard let object else { return .undefined("no object is marked") }
    let isInside = object.scalars.map { $0 > 0.5 }, size = isInside.count { $0 }
    guard size > 0 else { return .undefined("the object that is marked has no pixel") }
    let values = map.scalars
    guard values.allSatisfy(\.isFinite) else { return .undefined("not all values of the map are finite") }
    switch located {
    case .order where values.allSatisfy { $0 == 0 }: return .undefined("the map is empty")
    case .evidence where values.allSatisfy { $0 <= 0 }: return .undefined("nothing in the map speaks for the score")
    default: break
    }
    return measure(
      LocatedMap(values: values, isInside: isInside, height: map.shape[0], width: map.shape[1], size: size))
  }
}
