/// Networks of one kind, whose members are told apart by the shapes of their weights.
protocol NetworkFamily {
  /// How libraries call its parameters.
  static var tables: [NameTable] { get }

  /// Brings weights under the names of a table into the form that the definition reads them in.
  ///
  /// - Parameters:
  ///   - weights: under our names, as far as the table goes.
  ///   - told: what is said of the network beside them.
  static func arrange(_ weights: inout WeightFile, _ told: NetworkDescription)

  /// The network that weights with our names are of; `nil` where they are of no network of this family.
  static func definition(of found: Inventory, _ told: NetworkDescription) -> NetworkDefinition?

  /// What was assumed of such a network that neither shapes nor a description tell, each a sentence without its full stop.
  static func assumptions(of found: Inventory, _ told: NetworkDescription) -> [String]

  /// The networks of this family that weights with our names are most like, where they are of none of them.
  static func relatives(of found: Inventory, _ told: NetworkDescription) -> [String]
}

extension NetworkFamily {
  static func assumptions(of found: Inventory, _ told: NetworkDescription) -> [String] { [] }
  static func relatives(of found: Inventory, _ told: NetworkDescription) -> [String] { [] }
  static func arrange(_ weights: inout WeightFile, _ told: NetworkDescription) {}
}

/// What is said of a network beside its weights: in a library's `config.json`, or by whoever opens it.
public struct NetworkDescription: Sendable {
  /// The network's name, `tf_efficientnet_b0`, or its kind, `vit`.
  public var name: String?
  /// What else the library says, by its own words.
  public var settings: JSONValue
  /// The mark of the table whose library's names the weights have.
  var mark = ""
  /// Whether the file holds the network's layers beside their weights, so that it says itself what shapes do not tell.
  var hasLayers = false
  /// Whether its convolutions are of the class that pads as TensorFlow does.
  var padsAsTensorFlow = false

  /// Nothing is said but perhaps a name.
  public init(name: String? = nil, settings: JSONValue = .null) {
    self.name = name
    self.settings = settings
  }

  func number(_ key: String) -> Double? { settings[key].number }
  /// A whole number, or one that is written as a text.
  func integer(_ key: String) -> Int? { settings[key].integer ?? settings[key].text.flatMap { Int($0) } }
  func text(_ key: String) -> String? { settings[key].text }
  func flag(_ key: String) -> Bool? { settings[key].flag }

  /// The same with what the layers of a module that was saved whole say and a library would say beside the weights.
  func completed(by file: WeightFile) -> NetworkDescription {
    guard !file.modules.isEmpty else { return self }
    var told = self
    var settings = settings.object ?? [:]
    func common(_ numbers: [Double]) -> JSONValue? {
      Set(numbers).count == 1 ? numbers.first.map { .number($0) } : nil
    }
    let layers = file.modules.filter(\.isOfLibrary)
    let said = [
      "num_attention_heads": common(
        layers.compactMap { ($0.numbers["num_heads"] ?? $0.numbers["num_attention_heads"])?.first }),
      "layer_norm_eps": common(
        layers.filter { $0.kind.hasPrefix("LayerNorm") }.compactMap { $0.numbers["eps"]?.first }),
      "global_pool": layers.first?.texts["global_pool"].map { .text($0) },
    ]
    for (key, value) in said where settings[key] ?? .null == .null { settings[key] = value }
    told.settings = .object(settings)
    told.hasLayers = true
    told.padsAsTensorFlow = layers.contains { $0.kind == "Conv2dSame" }
    return told
  }

  /// The functions that transformers' `hidden_act` may name where a definition follows it.
  public static var functions: [String] { TokenFunction.named.keys.sorted() }

  /// The height of the images that it was made for, as the library says or the end of its name: `_256`, `_192to384`.
  var imageSide: Int? {
    let said =
      integer("image_size") ?? settings["model_args"]["img_size"].integer
      ?? settings["pretrained_cfg"]["input_size"].list?.last?.integer
      ?? name?.firstMatch(of: /(?:_|to)(\d{3})$/).flatMap { Int($0.1) }
    return said.flatMap { (1...1 << 16).contains($0) ? $0 : nil }
  }
}

/// A value of JSON.
public enum JSONValue: Hashable, Sendable, Decodable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// What stands under a key; null where there is none.
  public subscript(key: String) -> JSONValue {
    if case .object(let object) = self { object[key] ?? .null } else { .null }
  }

  public var number: Double? { if case .number(let number) = self { number } else { nil } }
  public var integer: Int? { number.flatMap { Int(exactly: $0) } }
  public var text: String? { if case .text(let text) = self { text } else { nil } }
  public var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
  public var list: [JSONValue]? { if case .list(let list) = self { list } else { nil } }
  public var object: [String: JSONValue]? { if case .object(let object) = self { object } else { nil } }
  public var isNull: Bool { if case .null = self { true } else { false } }
}
