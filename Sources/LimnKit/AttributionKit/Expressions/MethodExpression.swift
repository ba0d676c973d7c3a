/// A method as people write it: a name with parameters, or a combination of several such.
///
///     list        = expression { "," expression }
///     expression  = term { "*" term }
///     term        = method | combination | alias | "(" expression ")"
///     method      = name [ "(" [ setting { "," setting } ] ")" ]
///     combination = name "(" expression { "," ( expression | word | setting ) } ")"
///     setting     = name "=" value
///     word        = value
///     value       = quoted | bare
///
/// `*` multiplies from left to right and binds tighter than the comma. Names hold letters, digits and `- + _ .`;
/// capitals do not matter. A bare value runs to the next comma or closing parenthesis outside parentheses of its own,
/// so that layer names such as `features.2:[0]/conv*` need no quotes; a quoted one stands in `"…"` or `'…'` with `\`
/// before a quote that belongs to it. Blanks around every part are ignored. At most 32 levels are nested, of which a
/// product makes one for each factor and an alias one.
public struct MethodExpression: Sendable {
  /// As papers print it, with the parameters that differ from their defaults: `Grad-CAM (layer=conv5)`.
  public let title: String
  /// The expression in its shortest spelling, the same for every way of writing it and without aliases:
  /// `grad-cam(layer=conv5)`.
  public let identifier: String
  public let method: any AttributionMethod
  /// The methods it is made of, in the order written.
  public let descriptors: [MethodDescriptor]
  /// The names in it, in the order written: those of combinations, methods and aliases.
  public let names: [String]

  /// The title as part of another's.
  let phrase: Phrase
  /// Whether the identifier needs parentheses as the second factor of a product.
  let isProduct: Bool
  /// Whether there is a method in it that takes a layer and was given none.
  let leavesLayerOpen: Bool
  /// Every method that runs when this one does, with what describes it.
  let uses: [Use]

  /// A method as it stands in an expression.
  struct Use {
    let descriptor: MethodDescriptor
    let method: any AttributionMethod
  }

  /// The method that `descriptor` describes with these settings.
  ///
  /// - Throws: ``AttributionError/unknownParameter(_:method:known:)``,
  ///   ``AttributionError/unusableParameter(_:value:method:expected:)``.
  public init(_ descriptor: MethodDescriptor, _ settings: [String: String] = [:]) throws {
    let made = try descriptor.made(settings)
    let written = made.settings.map(\.written).joined(separator: ", ")
    let title = descriptor.title + (written.isEmpty ? "" : " (\(written))")
    self.init(
      title: title, identifier: descriptor.identifier + (written.isEmpty ? "" : "(\(written))"), method: made.method,
      descriptors: [descriptor], names: [descriptor.identifier], phrase: Phrase(title),
      leavesLayerOpen: settings["layer"] == nil && descriptor.takesLayer,
      uses: [Use(descriptor: descriptor, method: made.method)])
  }

  init(
    title: String, identifier: String, method: any AttributionMethod, descriptors: [MethodDescriptor],
    names: [String], phrase: Phrase, isProduct: Bool = false, leavesLayerOpen: Bool, uses: [Use]
  ) {
    self.title = title
    self.identifier = identifier
    self.method = method
    self.descriptors = descriptors
    self.names = names
    self.phrase = phrase
    self.isProduct = isProduct
    self.leavesLayerOpen = leavesLayerOpen
    self.uses = uses
  }

  /// The same expression whose values are had in another way, as from another program; what it is called, and what it asks of
  /// a network, stay.
  public func computed(by method: any AttributionMethod) -> MethodExpression {
    MethodExpression(
      title: title, identifier: identifier, method: method, descriptors: descriptors, names: names, phrase: phrase,
      isProduct: isProduct, leavesLayerOpen: leavesLayerOpen, uses: uses)
  }

  /// The same under the name of an alias.
  func called(_ alias: String) -> MethodExpression {
    MethodExpression(
      title: alias, identifier: identifier, method: method, descriptors: descriptors, names: [alias],
      phrase: Phrase(alias), isProduct: isProduct, leavesLayerOpen: leavesLayerOpen, uses: uses)
  }
}

/// Words for an expression, to be put together with others.
struct Phrase {
  let text: String
  /// Whether it needs parentheses beside other words.
  let isCompound: Bool

  init(_ text: String, isCompound: Bool = false) {
    self.text = text
    self.isCompound = isCompound
  }

  /// The words as one among others.
  var part: String { isCompound ? "(\(text))" : text }
}
