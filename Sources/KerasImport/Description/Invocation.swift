/// One call of a layer in a Functional model: what it was given.
struct Invocation: Sendable {
  var arguments: [Argument]
  var keywords: [String: Argument] = [:]

  /// The tensors among the arguments, in order; those of keywords behind them.
  var tensors: [TensorReference] {
    arguments.flatMap(\.tensors) + keywords.sorted { $0.key < $1.key }.flatMap(\.value.tensors)
  }
}

/// What a layer or operation is called with.
indirect enum Argument: Hashable, Sendable {
  case tensor(TensorReference)
  case list([Argument])
  case value(JSON)

  var tensors: [TensorReference] {
    switch self {
    case .tensor(let reference): [reference]
    case .list(let list): list.flatMap(\.tensors)
    case .value: []
    }
  }
}

/// An output of a call of a layer, as Keras refers to it: layer, call, index.
struct TensorReference: Hashable, Sendable {
  let layer: String
  let call: Int
  let index: Int

  init(_ layer: String, call: Int = 0, index: Int = 0) { (self.layer, self.call, self.index) = (layer, call, index) }

  /// `["conv1", 0, 0]`; `nil` for anything else.
  init?(_ json: JSON) {
    guard let list = json.list, list.count >= 3, let layer = list[0].text, let call = list[1].integer, call >= 0,
      let index = list[2].integer, index >= 0
    else { return nil }
    self.init(layer, call: call, index: index)
  }

  /// All references in a list or dictionary, or the one.
  static func all(in json: JSON) -> [TensorReference]? {
    if let reference = TensorReference(json) { return [reference] }
    let parts = json.list ?? json.members.map { members in members.sorted { $0.key < $1.key }.map(\.value) }
    var references: [TensorReference] = []
    for part in parts ?? [.null] {
      guard let inner = all(in: part) else { return nil }
      references += inner
    }
    return references
  }
}

extension TensorReference {
  /// The same output, its call counted from 0 where those of the layer are counted from 1.
  func earlier(_ countedFromOne: Set<String>) -> TensorReference {
    guard call > 0, countedFromOne.contains(layer) else { return self }
    return TensorReference(layer, call: call - 1, index: index)
  }
}

extension Argument {
  func earlier(_ countedFromOne: Set<String>) -> Argument {
    switch self {
    case .tensor(let reference): .tensor(reference.earlier(countedFromOne))
    case .list(let list): .list(list.map { $0.earlier(countedFromOne) })
    case .value: self
    }
  }

  /// What is no tensor, as the file has it; `nil` where tensors are among it.
  var json: JSON? {
    switch self {
    case .tensor: return nil
    case .value(let json): return json
    case .list(let list):
      let parts = list.compactMap(\.json)
      return parts.count == list.count ? .array(parts) : nil
    }
  }
}

extension LayerDescription {
  func earlier(_ countedFromOne: Set<String>) -> LayerDescription {
    if countedFromOne.isEmpty { return self }
    return called(
      with: calls.map { call in
        Invocation(
          arguments: call.arguments.map { $0.earlier(countedFromOne) },
          keywords: call.keywords.mapValues { $0.earlier(countedFromOne) })
      })
  }
}

extension Invocation {
  /// Reads a node as Keras 3 writes it, `{"args": […], "kwargs": {…}}`, or Keras 2, `[["conv1", 0, 0, {…}], …]`.
  init?(_ json: JSON) {
    if let arguments = json["args"].list {
      self.init(
        arguments: arguments.map(Argument.init(keras3:)),
        keywords: (json["kwargs"].members ?? [:]).mapValues(Argument.init(keras3:)))
    } else if let entries = json.list {
      self.init(arguments: [])
      // A single entry need not be wrapped.
      for entry in entries.first?.text == nil ? entries : [json] {
        guard let parts = entry.list, parts.count >= 3, let name = parts[0].text else { return nil }
        if name == "_CONSTANT_VALUE" {
          arguments.append(.value(parts[2]))
        } else {
          guard let reference = TensorReference(entry) else { return nil }
          arguments.append(.tensor(reference))
        }
        guard parts.count > 3 else { continue }
        keywords.merge((parts[3].members ?? [:]).mapValues(Argument.init(keras2:))) { first, _ in first }
      }
    } else {
      return nil
    }
  }
}

extension Argument {
  init(keras3 json: JSON) {
    if json["class_name"].text == "__keras_tensor__" {
      self = TensorReference(json["config"]["keras_history"]).map { .tensor($0) } ?? .value(.null)
    } else if let list = json.list {
      self = .list(list.map(Argument.init(keras3:)))
    } else {
      self = .value(json)
    }
  }

  init(keras2 json: JSON) {
    if let reference = TensorReference(json) {
      self = .tensor(reference)
    } else if let list = json.list {
      self = .list(list.map(Argument.init(keras2:)))
    } else {
      self = .value(json)
    }
  }
}
