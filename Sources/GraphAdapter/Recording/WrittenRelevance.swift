import AttributionKit
import GraphEngine

extension ExpressionWriter {
  /// How a rule crosses a step of a pass that is written out, as the model's `crossing(of:under:)` has it.
  func crossing(of step: PlannedStep, under rule: any GradientRule) -> WrittenCrossing {
    let steps = model.steps
    guard let seen = steps[step.name] else { return .derivative }
    if let owner = seen.foldedInto.flatMap({ steps[$0] }), case .relevance = rule.crossing(owner) { return .passed }
    switch rule.crossing(seen) {
    case .derivative: return .derivative
    case .derivativeOfPositive: return .derivativeOfPositive
    case .positive: return .positive
    case .relevance(let relevance):
      let linear = model.linearSteps[step.name]
      return .computed { try WrittenRelevance(relevance, at: $0, seen, linear).shares() }
    case .computed(let compute): return .computed { [unowned self] in try computed(by: compute, at: $0, seen) }
    case .replaced:
      return .computed { _ in
        throw GraphModelError.unrecorded("its rule computes at '\(step.name)' with numbers of its own")
      }
    }
  }
}

/// The relevance of a step's inputs, written out.
private struct WrittenRelevance {
  private let relevance: Relevance
  private let crossed: WrittenStep
  private let seen: Step
  private let linear: WrittenLinearStep?
  private let inputIndex: Int

  init(_ relevance: Relevance, at crossed: WrittenStep, _ seen: Step, _ linear: LinearStep?) throws {
    (self.relevance, self.crossed, self.seen) = (relevance, crossed, seen)
    self.linear = try linear.map { try $0.written(at: crossed.point, to: crossed.writer) }
    inputIndex = linear?.input ?? 0
  }

  private var writer: GraphWriter { crossed.writer }
  private var point: WrittenPoint { crossed.point }

  func shares() throws -> [Written?] {
    let groups: [Relevance.Group]
    switch relevance.flow {
    case .passed(nil): return try crossed.passed(crossed.cotangent)
    case .passed(let input?):
      return try point.inputShapes.indices.map {
        $0 == input && point.wanted[$0] ? try writer.summed(crossed.cotangent, to: point.inputShapes[$0]) : nil
      }
    case .shared(let sharing): groups = sharing
    }
    if groups.isEmpty { return point.inputShapes.map { _ in nil } }
    if linear == nil, seen.kind == .movement || seen.kind == .pooling(.max) {
      return try crossed.pullback(crossed.cotangent)
    }
    var shares: [Written?] = point.inputShapes.map { _ in nil }
    for group in groups {
      guard let quotient = try quotient(in: group) else { continue }
      for member in group.members {
        for (index, share) in try self.shares(of: member, quotient).enumerated() {
          guard let share, point.wanted[index] else { continue }
          try add(share, isSubtracted: member.isSubtracted, to: &shares[index])
        }
      }
    }
    return shares
  }

  /// `share · R / stab(Σ ± z_m)` over the outputs that a group answers for; `nil` where nothing contributes.
  private func quotient(in group: Relevance.Group) throws -> Written? {
    var sum: Written?
    for member in group.members {
      guard let contribution = try contribution(of: member) else { continue }
      try add(contribution, isSubtracted: member.isSubtracted, to: &sum)
    }
    guard let sum else { return nil }
    var share = crossed.cotangent
    switch group.outputs {
    case .all: break
    case .positive: share = try writer.kept(share, whereAboveZero: output())
    case .negative: share = try writer.kept(share, whereAboveZero: writer.scaled(output(), by: -1))
    }
    return try writer.scaled(
      writer.quotient(share, sum, stabilizer: relevance.stabilizer), by: group.share)
  }

  private func add(_ other: Written, isSubtracted: Bool, to sum: inout Written?) throws {
    guard let there = sum else {
      sum = isSubtracted ? try writer.scaled(other, by: -1) : other
      return
    }
    sum = isSubtracted ? try writer.difference(there, other) : try writer.sum(there, other)
  }

  /// What a group's outputs are told apart by: of a linear step the product that ``contribution(of:)`` adds up.
  private func output() throws -> Written {
    guard let linear else { return try point.output() }
    return try linear.product(point.input(inputIndex), linear.weights, shape: point.outputShape, to: writer)
  }

  private func contribution(of member: Relevance.Member) throws -> Written? {
    if let linear {
      guard let x = try part(member.input, of: inputIndex) else { return nil }
      return try linear.product(x, weights(of: member), shape: point.outputShape, to: writer)
    }
    guard seen.kind == .sum || seen.kind == .pooling(.average) else {
      try requireWhole(member)
      return try point.output()
    }
    let terms = try terms(of: member)
    if terms.allSatisfy({ $0 == nil }) { return nil }
    let inputs = try terms.indices.map { index in
      try terms[index] ?? writer.scaled(point.input(index), by: 0)
    }
    return try crossed.step.writable.write(inputs, shape: point.outputShape, to: writer)
  }

  private func shares(of member: Relevance.Member, _ quotient: Written) throws -> [Written?] {
    if let linear {
      guard let x = try part(member.input, of: inputIndex) else { return point.inputShapes.map { _ in nil } }
      let pulled = try linear.pullback(
        quotient, weights(of: member), inputShape: point.inputShapes[inputIndex], to: writer)
      let share = member.input == .ones ? pulled : try writer.product(x, pulled)
      return point.inputShapes.indices.map { $0 == inputIndex ? share : nil }
    }
    guard seen.kind == .sum || seen.kind == .pooling(.average) else {
      try requireWhole(member)
      let pulled = try linearPullback(quotient)
      return try pulled.indices.map { index in
        try pulled[index].map { try writer.product(point.input(index), $0) }
      }
    }
    return try zip(terms(of: member), crossed.pullback(quotient)).map { term, pulled in
      guard let term, let pulled else { return nil }
      return try writer.product(term, pulled)
    }
  }

  private func linearPullback(_ cotangent: Written) throws -> [Written?] {
    guard let op = crossed.step.node.op as? any WritableNormalization else { return try crossed.pullback(cotangent) }
    let pulled = try op.writeLinearPullback(cotangent, at: point, to: writer)
    return point.inputShapes.indices.map { $0 == 0 && point.wanted[0] ? pulled : nil }
  }

  private func requireWhole(_ member: Relevance.Member) throws {
    guard member.input == .all, member.weights == .all, relevance.includesBias else {
      throw RuleError.needsWeights(step: seen.name)
    }
  }

  /// The part of each input, times the part of its weight, one or minus one, by the weight itself.
  private func terms(of member: Relevance.Member) throws -> [Written?] {
    let isDifference = crossed.step.node.op.kind == .difference
    return try point.inputShapes.indices.map { index in
      let weight: Float = isDifference && index == 1 ? -1 : 1
      let factor = member.weights.parts(of: [weight])[0] / weight
      guard factor != 0, let x = try part(member.input, of: index) else { return nil }
      return try writer.scaled(x, by: factor)
    }
  }

  private func part(_ part: Relevance.InputPart, of index: Int) throws -> Written? {
    let x = try point.input(index)
    switch part {
    case .all: return x
    case .positive: return writer.rectified(x)
    case .negative: return try writer.binary("Min", x, writer.constant([0], []))
    case .ones: return try writer.shifted(writer.scaled(x, by: 0), by: 1)
    case .bound(let bounds):
      if bounds.count == 1 { return try writer.shifted(writer.scaled(x, by: 0), by: bounds[0]) }
      guard x.shape.rank > 1, bounds.count == x.shape.extents[1] else {
        throw RuleError.wrongBounds(
          step: seen.name, bounds: bounds.count, channels: x.shape.rank > 1 ? x.shape.extents[1] : 1)
      }
      let numbers = writer.constant(bounds, [1, bounds.count] + x.shape.extents.dropFirst(2).map { _ in 1 })
      return try writer.sum(writer.scaled(x, by: 0), numbers)
    }
  }

  /// The part of the weights, and of the bias where the input that is always one has a part.
  private func weights(of member: Relevance.Member) throws -> WrittenWeights {
    guard let linear else { throw RuleError.needsWeights(step: seen.name) }
    let hasBias = relevance.includesBias && member.input != .negative
    return WrittenWeights(
      try part(member.weights, ofWeights: linear.weights.weights),
      bias: hasBias ? try linear.weights.bias.map { try part(member.weights, ofWeights: $0) } : nil)
  }

  private func part(_ part: Relevance.WeightPart, ofWeights w: Written) throws -> Written {
    func negative() throws -> Written { try writer.binary("Min", w, writer.constant([0], [])) }
    switch part {
    case .all: return w
    case .positive: return writer.rectified(w)
    case .negative: return try negative()
    case .ones: return writer.expanded(writer.constant([1], []), to: w.shape)
    case .squared: return try writer.product(w, w)
    case .positiveReinforced(let gamma): return try writer.sum(w, writer.scaled(writer.rectified(w), by: gamma))
    case .negativeReinforced(let gamma): return try writer.sum(w, writer.scaled(negative(), by: gamma))
    }
  }
}
