/// What an operator is given, or gives.
indirect enum Argument: Sendable {
  case none
  case tensor(String)
  case tensors([String])
  case optionalTensors([String?])
  case integer(Int)
  case real(Double)
  case truth(Bool)
  case text(String)
  /// A number that depends on the size of the images, by name.
  case symbol(String)
  case list([Argument])
  case elementType(ElementType)
  case graph(ProgramGraph)
  /// Layouts, devices and the like, which change no number.
  case other

  init(_ json: JSON) {
    guard let (kind, content) = json.members?.first else {
      self = .none
      return
    }
    switch kind {
    case "as_none": self = .none
    case "as_tensor": self = content["name"].text.map(Argument.tensor) ?? .none
    case "as_tensors": self = .tensors((content.list ?? []).compactMap { $0["name"].text })
    case "as_optional_tensor": self = content["as_tensor"]["name"].text.map(Argument.tensor) ?? .none
    case "as_optional_tensors":
      self = .optionalTensors((content.list ?? []).map { $0["as_tensor"]["name"].text })
    case "as_int": self = content.integer.map(Argument.integer) ?? .none
    case "as_float": self = content.real.map(Argument.real) ?? .none
    case "as_bool": self = content.truth.map(Argument.truth) ?? .none
    case "as_string": self = content.text.map(Argument.text) ?? .none
    case "as_name": self = content.text.map(Argument.symbol) ?? .none
    case "as_sym_int", "as_sym_float", "as_sym_bool": self = Argument(content)
    case "as_ints", "as_floats", "as_bools", "as_strings":
      self = .list((content.list ?? []).map { Argument(plain: $0) })
    case "as_sym_ints", "as_sym_floats", "as_sym_bools":
      self = .list((content.list ?? []).map { Argument($0) })
    case "as_scalar_type": self = content.integer.flatMap(ElementType.init).map(Argument.elementType) ?? .other
    case "as_graph": self = (try? ProgramGraph(content["graph"])).map(Argument.graph) ?? .other
    default: self = .other
    }
  }

  private init(plain json: JSON) {
    switch json {
    case .integer(let number): self = .integer(number)
    case .truth(let truth): self = .truth(truth)
    case .text(let text): self = json.real.map(Argument.real) ?? .text(text)
    default: self = json.real.map(Argument.real) ?? .none
    }
  }

  /// The value's name, where it is one tensor or number.
  var name: String? {
    switch self {
    case .tensor(let name), .symbol(let name): name
    default: nil
    }
  }

  /// The values read.
  var names: [String] {
    switch self {
    case .tensor(let name), .symbol(let name): [name]
    case .tensors(let names): names
    case .optionalTensors(let names): names.compactMap { $0 }
    case .list(let list): list.flatMap(\.names)
    default: []
    }
  }
}
