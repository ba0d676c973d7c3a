import Tensors

extension Target {
  /// This score less the same of another class, for a target that is pinned to these outputs; and which class that is.
  ///
  /// - Throws: ``AttributionError/notAboutAClass`` for targets that know no class; ``AttributionError/noOtherClass``,
  ///   ``AttributionError/noSuchClass(_:count:)``.
  func contrasted(with rival: Contrast.Rival, in outputs: Outputs) throws -> (target: any Target, index: Int) {
    switch self {
    case let target as ClassLogit:
      let index = try rival.index(besides: target.index, in: outputs)
      return (LogitDifference(index: target.index, contrast: index), index)
    case let target as LogitDifference:
      let index = try rival.index(besides: target.index, in: outputs)
      return (LogitDifference(index: target.index, contrast: index), index)
    case let target as ClassProbability:
      let own = try target.base.score(of: outputs)
      guard let index = own.classIndex, !own.isNegative else { throw AttributionError.noOtherClass }
      let other = try rival.index(besides: index, in: outputs)
      return (ScoreDifference(target, ClassProbability(of: ClassLogit(index: other))), other)
    case let target as RegionMean:
      guard case .weights(let weights) = target.region else { throw AttributionError.notAboutAClass }
      let total = weights.scalars.reduce(0, +)
      let mean = Outputs(
        logits: 1 / total * outputs.logits.spatialSum(weighedBy: weights), link: outputs.link ?? .softmax)
      let contrasted = try target.base.contrasted(with: rival, in: mean)
      return (RegionMean(of: contrasted.target, over: target.region), contrasted.index)
    case let target as OnOutput:
      let contrasted = try target.base.contrasted(with: rival, in: outputs.explaining(target.name))
      return (contrasted.target.of(output: target.name), contrasted.index)
    default: throw AttributionError.notAboutAClass
    }
  }
}

extension Contrast.Rival {
  /// The class held against the class `index`.
  fileprivate func index(besides index: Int, in outputs: Outputs) throws -> Int {
    switch self {
    case .index(let rival): return rival
    case .named: throw AttributionError.notAboutAClass
    case .strongest:
      guard try outputs.classCount > 1 else { throw AttributionError.noOtherClass }
      return outputs.logits.descendingOrder().first { $0 != index } ?? index
    }
  }
}

/// One score less another.
private struct ScoreDifference: Target {
  let first: any Target, second: any Target

  init(_ first: any Target, _ second: any Target) { (self.first, self.second) = (first, second) }

  var isLinear: Bool { first.isLinear && second.isLinear }

  func score(of outputs: Outputs) throws -> Score {
    let a = try first.score(of: outputs), b = try second.score(of: outputs)
    return Score(
      value: a.value - b.value, cotangents: a.cotangents - b.cotangents, classIndex: a.classIndex,
      contrastIndex: b.classIndex)
  }
}
