/// Networks exported together with what is done to their answer: choosing boxes, dropping those with low scores.
///
/// How many are left depends on the image, which no network of fixed shapes can follow, and no gradient passes a choice.
/// What is chosen from comes before, and is what can be explained.
extension ONNXModel {
  /// The network up to the first steps whose results have as many elements as the image decides, such as
  /// `NonMaxSuppression`, where all its outputs lie behind such steps.
  ///
  /// Outputs become what these steps choose from: scores first, and boxes where a step takes them. They are asked for by
  /// their names in the file.
  ///
  /// - Returns: the network and a sentence, without its full stop, that says so; `nil` where some output lies before.
  public func cuttingPostProcessing() -> (model: ONNXModel, note: String)? {
    guard nodes.contains(where: \.choosesByImage) else { return nil }
    let view = ProducerView(self)
    let depending = outputs.map { view.firstChoices(before: $0.name) }
    guard !outputs.isEmpty, depending.allSatisfy({ !$0.isEmpty }) else { return nil }
    // The same steps from several outputs, in the file's order.
    let choices = Set(depending.joined()).sorted()
    let scores = view.scores(of: choices)
    let boxes = choices.compactMap { index -> String? in
      nodes[index].type == "NonMaxSuppression" ? nodes[index].inputs.first : nil
    }
    var kept: [String] = []
    for name in scores + boxes where !kept.contains(name) && view.isVariable(name) { kept.append(name) }
    guard let first = kept.first else { return nil }
    var types: [String] = []
    for index in choices where !types.contains(nodes[index].type) { types.append(nodes[index].type) }
    var model = self
    model.outputs = kept.map { ONNXValue(name: $0, shape: nil, elementType: .float32) }
    return (
      model,
      "how much is left after \(types.joined(separator: " and ")) depends on the image: what it chooses from is "
        + "explained ('\(elidedName(first))'), and what follows is left out"
    )
  }

  /// The network up to where a detector's rows may be joined, for each of the last values that are, the last first, before
  /// something is chosen of which the image decides how much it is; outputs that lie before any such choice stay.
  ///
  /// - Returns: none where nothing is chosen.
  public func endingBeforeChoices() -> [ONNXModel] {
    guard nodes.contains(where: \.choosesByImage) else { return [] }
    let view = ProducerView(self)
    let depending = outputs.map { view.firstChoices(before: $0.name) }
    let choices = Set(depending.joined())
    guard !choices.isEmpty else { return [] }
    let kept = zip(outputs, depending).filter { $0.1.isEmpty }.map(\.0)
    return view.joinings(before: choices).prefix(3).map { name in
      var model = self
      model.outputs = [ONNXValue(name: name, shape: nil, elementType: .float32)] + kept
      return model
    }
  }

  /// The network up to all values that a detector's scores and boxes may be among, before something is chosen of which the
  /// image decides how much it is.
  ///
  /// They are what is read behind the choice but known before it, what that was moved and picked from, and what was joined
  /// before.
  ///
  /// - Returns: `nil` where nothing is chosen.
  public func endingInPartsBeforeChoices() -> ONNXModel? {
    guard nodes.contains(where: \.choosesByImage) else { return nil }
    let view = ProducerView(self)
    let choices = Set(outputs.flatMap { view.firstChoices(before: $0.name) })
    guard !choices.isEmpty else { return nil }
    var names: [String] = []
    for name in view.parts(before: choices) + view.joinings(before: choices) where !names.contains(name) {
      names.append(name)
    }
    var model = self
    model.outputs = names.prefix(64).map { ONNXValue(name: $0, shape: nil, elementType: .float32) }
    return names.isEmpty ? nil : model
  }

  /// The same network with other outputs, values of the file by their names.
  public func ending(in names: [String]) -> ONNXModel {
    var model = self
    model.outputs = names.map { ONNXValue(name: $0, shape: nil, elementType: .float32) }
    return model
  }

  /// Whether boxes are suppressed, so that the network is a detector.
  public var suppressesBoxes: Bool { nodes.contains { $0.has("NonMaxSuppression") } }

  /// Whether boxes are looked at again, by a second stage, as in Faster R-CNN.
  public var hasSecondStage: Bool { nodes.contains { $0.has("RoiAlign") } }

  private func elidedName(_ name: String) -> String { name.count <= 60 ? name : name.prefix(59) + "…" }
}

extension FileNode {
  /// Whether it is an operator of ONNX's of this type, or one of the graphs inside it holds one.
  fileprivate func has(_ type: String) -> Bool {
    domain.isEmpty && self.type == type || attributes.graphs.contains { $0.nodes.contains { $0.has(type) } }
  }

  /// Whether the image decides how many elements the results have.
  fileprivate var choosesByImage: Bool {
    domain.isEmpty && ["NonMaxSuppression", "NonZero", "Compress", "Unique"].contains(type)
  }
}

/// Who computes what, and what depends on the image.
private struct ProducerView {
  private let nodes: [FileNode]
  private var producers: [String: Int] = [:]
  private var variable: Set<String>
  /// By node: the nodes before it, or itself, whose results have as many elements as the image decides, and before which
  /// there is none.
  private var firstChoices: [Int: [Int]] = [:]

  init(_ model: ONNXModel) {
    nodes = model.nodes
    variable = Set(model.inputs.map(\.name))
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { producers[output] = index }
      // A shape is known where the value is not.
      if node.reads.contains(where: variable.contains), !["Shape", "Size"].contains(node.type) {
        variable.formUnion(node.outputs)
      }
      // In the file's order each node comes after those it reads from.
      var found: Set<Int> = []
      for name in node.reads { if let source = producers[name] { found.formUnion(firstChoices[source] ?? []) } }
      if found.isEmpty, node.choosesByImage, node.reads.contains(where: variable.contains) { found = [index] }
      firstChoices[index] = Array(found)
    }
  }

  func isVariable(_ name: String) -> Bool { variable.contains(name) }

  /// The nodes before an output whose results have as many elements as the image decides, and before which there is none.
  func firstChoices(before output: String) -> [Int] { producers[output].flatMap { firstChoices[$0] } ?? [] }

  /// The values that parts are joined in among those that some nodes' results depend on, the last first.
  func joinings(before choices: Set<Int>) -> [String] {
    var (waiting, seen): ([Int], Set<Int>) = (Array(choices), [])
    while let index = waiting.popLast() {
      for name in nodes[index].reads where variable.contains(name) {
        if let source = producers[name], seen.insert(source).inserted { waiting.append(source) }
      }
    }
    return seen.sorted(by: >).filter { nodes[$0].type == "Concat" }.compactMap { nodes[$0].outputs.first }
  }

  /// What is known before some choices and read behind them, with what it was moved and picked from.
  func parts(before choices: Set<Int>) -> [String] {
    let moves: Set = [
      "Slice", "Split", "Gather", "Squeeze", "Unsqueeze", "Reshape", "Flatten", "Transpose", "Cast", "Identity",
      "ReduceMax", "ArgMax", "TopK", "Sigmoid", "Softmax", "Sqrt",
    ]
    let truths: Set = ["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "And", "Or", "Not"]
    var (found, seen): ([String], Set<String>) = ([], [])
    /// How many parts were taken from a value, such as the scores of each class.
    var counts: [String: Int] = [:]
    for index in nodes.indices where firstChoices[index]?.contains(where: choices.contains) ?? false {
      for name in nodes[index].reads {
        var next: String? = name
        while let value = next, variable.contains(value), seen.insert(value).inserted, let source = producers[value],
          firstChoices[source]?.isEmpty ?? true
        {
          let node = nodes[source], origin = node.inputs.first(where: variable.contains)
          counts[origin ?? "", default: 0] += 1
          if !truths.contains(node.type), counts[origin ?? "", default: 0] <= 4 { found.append(value) }
          next = truths.contains(node.type) || moves.contains(node.type) ? origin : nil
        }
      }
    }
    return found
  }

  /// The reals that steps choose by; one value where all their paths meet.
  func scores(of choices: [Int]) -> [String] {
    let starts = choices.map { index in
      let node = nodes[index], place = node.type == "NonMaxSuppression" || node.type == "Compress" ? 1 : 0
      return place < node.inputs.count ? node.inputs[place] : ""
    }
    let paths = starts.map { path(from: $0) }
    if let first = paths.first, paths.count > 1,
      let meeting = first.first(where: { name in paths.allSatisfy { $0.contains(name) } })
    {
      return [meeting]
    }
    return paths.compactMap(\.first)
  }

  /// From a value back through comparisons to the reals compared, and on through steps that only move or squash them.
  private func path(from start: String) -> [String] {
    let truths: Set = ["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "And", "Or", "Not", "Cast"]
    let moves: Set = [
      "Slice", "Split", "Gather", "Squeeze", "Unsqueeze", "Reshape", "Flatten", "Transpose", "Sigmoid", "Softmax",
      "Identity",
    ]
    var (path, name, isTruth): ([String], String, Bool) = ([], start, true)
    while let index = producers[name], variable.contains(name) {
      let node = nodes[index]
      // Truths may be moved before they are chosen by.
      isTruth = isTruth && (truths.contains(node.type) || (moves.contains(node.type) && leadsToTruth(name)))
      if !isTruth { path.append(name) }
      guard isTruth || moves.contains(node.type), let next = node.inputs.first(where: variable.contains) else { break }
      name = next
    }
    return path
  }

  private func leadsToTruth(_ start: String) -> Bool {
    var name = start
    while let index = producers[name] {
      let node = nodes[index]
      if ["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "And", "Or", "Not"].contains(node.type) {
        return true
      }
      guard
        ["Slice", "Gather", "Squeeze", "Unsqueeze", "Reshape", "Flatten", "Transpose", "Cast", "Identity"]
          .contains(node.type), let next = node.inputs.first(where: variable.contains)
      else { return false }
      name = next
    }
    return false
  }
}
