/// One setting of a method or a metric, found by key path so that its default is written once, on the method.
public struct Parameter<Method: Sendable>: Sendable {
  public let name: String
  /// Whether its value may be written without the name, as in `lrp(epsilon-plus)`.
  var standsAlone = false
  let assign: @Sendable (inout Method, String) -> Bool
  let description: @Sendable (Method) -> ParameterDescription

  /// A parameter called `name` that sets `setting`; `help` completes "name: …", `expected` says which values it takes.
  ///
  /// Of the values that can be read, those are taken for which `isValid` holds.
  public init<Value: LosslessStringConvertible & SendableMetatype>(
    _ name: String, _ setting: any WritableKeyPath<Method, Value> & Sendable, help: String, expected: String,
    where isValid: @escaping @Sendable (Value) -> Bool = { _ in true }
  ) {
    self.name = name
    assign = { method, text in
      guard let value = Value(text), isValid(value) else { return false }
      method[keyPath: setting] = value
      return true
    }
    description = {
      ParameterDescription(name: name, defaultValue: "\($0[keyPath: setting])", help: help, expected: expected)
    }
  }
}

extension Parameter {
  /// The same parameter, whose value may be written without the name, where it looks like one: `lrp(epsilon-plus)`.
  ///
  /// A method has one of them at most.
  public func standingAlone() -> Parameter {
    var parameter = self
    parameter.standsAlone = true
    return parameter
  }
}

/// A parameter as people see it.
public struct ParameterDescription: Hashable, Sendable {
  public let name: String
  public let defaultValue: String
  public let help: String
  /// Which values it takes: "a layer", "true or false", "a whole number".
  public let expected: String
}

/// A parameter with the value it was given, as a method's expression spells it.
struct WrittenSetting {
  let name: String
  let value: String

  var written: String { "\(name)=\(ExpressionReader.spelling(ofValue: value))" }
}

extension Array {
  /// Sets the parameters named.
  ///
  /// - Throws: ``AttributionError/unknownParameter(_:method:known:)``,
  ///   ``AttributionError/unusableParameter(_:value:method:expected:)``.
  func assign<Method>(_ values: [String: String], to method: inout Method, of identifier: String) throws
  where Element == Parameter<Method> {
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let parameter = first(where: { $0.name == name }) else {
        throw AttributionError.unknownParameter(name, method: identifier, known: map(\.name))
      }
      guard parameter.assign(&method, value) else {
        throw AttributionError.unusableParameter(
          name, value: value, method: identifier, expected: parameter.description(method).expected)
      }
    }
  }

  /// The parameters in which `method` differs from `prototype`.
  func settings<Method>(of method: Method, apartFrom prototype: Method) -> [WrittenSetting]
  where Element == Parameter<Method> {
    compactMap { parameter in
      let value = parameter.description(method).defaultValue
      return value == parameter.description(prototype).defaultValue
        ? nil : WrittenSetting(name: parameter.name, value: value)
    }
  }
}
