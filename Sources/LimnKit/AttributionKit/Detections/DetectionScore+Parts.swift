import Tensors

/// What is asked of a row's key points, angle or mask.
extension DetectionScore {
  func angle(_ outputs: Outputs) throws -> Score {
    let angles = try outputs.value(of: DetectionHead.OutputName.angles), degrees = 180 / Float.pi
    var slope = Tensor(repeating: 0, shape: angles.shape)
    slope[row] = degrees
    return Score(
      value: degrees * angles.scalars[row], cotangents: try outputs.cotangents([DetectionHead.OutputName.angles: slope])
    )
  }

  func keyPoint(_ index: Int, _ quality: KeyPointQuality, _ outputs: Outputs) throws -> Score {
    let count = head.keyPoints?.count ?? 0
    guard (0..<count).contains(index) else { throw AttributionError.noSuchClass(index, count: count) }
    let name = quality == .confidence ? DetectionHead.OutputName.confidences : DetectionHead.OutputName.points
    let numbers = try outputs.value(of: name)
    let column = quality == .confidence ? index : 2 * index + (quality == .y ? 1 : 0)
    let place = row * numbers.shape[1] + column
    var slope = Tensor(repeating: 0, shape: numbers.shape)
    slope[place] = 1
    return Score(value: numbers.scalars[place], cotangents: try outputs.cotangents([name: slope]))
  }

  /// `Σₚ Σₖ cₖ Pₖ(p)` over the places `p` of a mask: the derivative by a coefficient is the sum of its prototype there, that
  /// by a prototype the coefficient.
  func mask(_ places: [Int]?, _ outputs: Outputs) throws -> Score {
    typealias Name = DetectionHead.OutputName
    let coefficients = try outputs.value(of: Name.coefficients), prototypes = try outputs.value(of: Name.prototypes)
    let places = places ?? head.maskPlaces(of: row, in: outputs) ?? []
    let count = coefficients.shape[1], area = prototypes.scalars.count / max(1, count)
    var value = 0.0
    var byCoefficient = Tensor(repeating: 0, shape: coefficients.shape)
    var byPrototype = [Float](repeating: 0, count: prototypes.scalars.count)
    for k in 0..<count {
      let factor = coefficients.scalars[row * count + k]
      var sum = 0.0
      for place in places {
        sum += Double(prototypes.scalars[k * area + place])
        byPrototype[k * area + place] = factor
      }
      byCoefficient[row * count + k] = Float(sum)
      value += Double(factor) * sum
    }
    return Score(
      value: Float(value),
      cotangents: try outputs.cotangents([
        Name.coefficients: byCoefficient, Name.prototypes: Tensor(byPrototype, shape: prototypes.shape),
      ]))
  }
}
