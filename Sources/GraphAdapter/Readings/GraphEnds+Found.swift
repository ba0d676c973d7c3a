import AttributionKit
import GraphEngine
import Kernels

extension GraphEnds {
  /// A softmax of some logits, in one operator or spelled out.
  struct SpelledSoftmax: Equatable {
    let logits: String
    /// The axes that it sums to one over.
    let axes: [Int]
  }

  /// What was found behind an output.
  struct Found {
    var logits: String
    var link: ProbabilityLink?
    var isProbability = false
    var steppedOver: [String] = []
    /// Whether it is one only since it can lie nowhere but between 0 and 1.
    var isProbabilityByBounds = false
    /// The softmaxes that the probabilities come from.
    var softmaxes: [SpelledSoftmax] = []
    /// Whether the smallest of the scores is the answer.
    var smallestWins = false
    /// Whether the output holds negative logarithms of probabilities.
    var isNegativeLogarithm = false
    /// Whether the logits are probabilities themselves, by a softmax or sigmoid too many.
    var isSquashedTwice = false
    /// Whether the output holds what probabilities lack to one.
    var isComplement = false
    /// Whether the output holds the greatest of the probabilities alone.
    var isGreatest = false
    /// Whether the numbers are divided by their Euclidean norm, as embeddings are.
    var hasUnitLength = false
    /// Whether the numbers can never be negative.
    var isNonnegative = false
    /// Between which bounds probabilities by sigmoids were brought by a factor; `nil` where they lie between 0 and 1.
    var scaledRange: ClosedRange<Float>?
    /// What a comparison at the end asks of the scores.
    var decision: OutputReading.Decision?
    /// Whether what a ranking takes is renamed afterwards, by a table or a sum.
    var renamesClasses = false
    /// Whether nothing of the image can be differentiated by what is explained.
    var lacksDerivative = false
    var ending = OutputReading.Ending.other
    var addedNodes: [Node] = []
    /// Along which axis the added nodes join, and what.
    var joined: (axis: Int, values: [String])?
    /// The heads that an output of probabilities joins, along which axis.
    var heads: (axis: Int, values: [String])?
    /// Why the numbers have no meaning that can be told.
    var obstacle: OutputReading.Obstacle?
    /// Which rows are taken of what would be explained otherwise.
    var row: OutputRows?

    /// Whether the greatest of the output's numbers stands for the least probable class.
    var isTurned: Bool { isNegativeLogarithm || isComplement }

    /// Whether nodes are added, so that the logits are no value of the network itself.
    var addsNodes: Bool { !addedNodes.isEmpty }

    /// The shape of the joined values.
    func addedShape(_ shape: (String) -> [Int]) -> [Int] {
      guard let joined, let first = joined.values.first else { return [] }
      var whole = shape(first)
      if whole.indices.contains(joined.axis) {
        whole[joined.axis] = joined.values.reduce(0) { $0 + shape($1)[joined.axis] }
      }
      return whole
    }

    /// The same with the signs of the logits turned around.
    func turned() -> Found { scaled(by: -1) }

    /// The same with the logits times a number.
    func scaled(by factor: Float) -> Found {
      if factor == 1 { return self }
      var found = self
      let node = Node(scaling: logits, by: factor)
      found.addedNodes.append(node)
      found.joined = found.joined ?? (0, [logits])
      found.logits = node.output
      return found
    }

    /// The same with the value explained times a number, plus another.
    func mapped(by factor: Float, plus shift: Float = 0, called name: String) -> Found {
      var found = self
      found.addedNodes.append(Node(ElementwiseFunction(.linear(factor, shift)), [logits], to: name))
      found.joined = found.joined ?? (0, [logits])
      found.logits = name
      return found
    }

    /// The same, now that the shapes are known and which axes run over places of the image.
    ///
    /// A softmax over one number is always 1, and one over places says where something is, not what.
    func settled(
      of output: String, _ shape: (String) -> [Int], runsOverPlaces: (_ value: String, _ axis: Int) -> Bool
    ) -> Found {
      var found = self
      let shapes = softmaxes.map { softmax in
        let shape = shape(softmax.logits)
        return (softmax, shape, softmax.axes.map { $0 < 0 ? $0 + shape.count : $0 })
      }
      let isConstant =
        !softmaxes.isEmpty && link == .softmax
        && shapes.allSatisfy { _, shape, axes in axes.allSatisfy { shape.indices.contains($0) && shape[$0] == 1 } }
      if isConstant { return Found(logits: output, obstacle: .constant) }
      let isOverPlaces = shapes.contains { softmax, shape, axes in
        axes.contains { shape.indices.contains($0) && shape[$0] > 1 && runsOverPlaces(softmax.logits, $0) }
      }
      if isOverPlaces, obstacle == nil {
        return Found(logits: output, isProbability: true, obstacle: .places)
      }
      // Beside each other at each place, rows of several scales say, they are not told.
      if ending == .linear, shape(logits).count(where: { $0 > 1 }) > 1 { found.heads = nil }
      // σ of what is never negative says yes to everything: such a number is no logit.
      let extents = shape(logits)
      if isNonnegative, link == nil, !isProbability, obstacle == nil,
        extents.reduce(1, *) == 1 || extents.count == 4 && extents[1] == 1
      {
        return Found(logits: output, lacksDerivative: lacksDerivative, obstacle: .neverNegative)
      }
      if let range = scaledRange {
        let count = (joined == nil ? shape(logits) : addedShape(shape)).reduce(1, *)
        // Per cent of several are as good as probabilities; a single number is rather a measure.
        if count == 1 || range != 0...100 { found.obstacle = obstacle ?? .scaled(range) }
      }
      return found
    }
  }
}

extension GraphEnds {
  /// The output itself, of which no more is told than whether it can be differentiated, and whether a softmax over places
  /// keeps its numbers' sum.
  func numbers(of output: String, _ found: Found) -> Found {
    Found(
      logits: output, softmaxes: found.softmaxes, lacksDerivative: !differentiable.contains(output),
      ending: found.ending)
  }
}
