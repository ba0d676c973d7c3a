/// How many passes of a network a method takes, beyond the forward pass of its session.
///
/// A walk back that the methods of a session share is counted once, by the rule that it follows; passes of a method's own
/// are counted each. What depends on the network, and is asked without one, is counted for each unit of it:
///
///     Cost.forward(50) + .backward(50)
///     Cost.resumed(per: .channel)              // a pass of the network after the layer for each of its channels
public struct Cost: Hashable, Sendable {
  /// The walks back that it shares with the other methods of its session, by the names of their rules.
  public private(set) var sharedWalks: Set<String> = []
  /// How often it takes each kind of pass of its own; never zero.
  private(set) var own: [Pass: Int] = [:]

  /// Passes of one kind, and for each of what they are taken.
  struct Pass: Hashable, Sendable {
    let kind: Kind
    /// `nil` where they are counted outright.
    let unit: Unit?

    enum Kind: Hashable, Sendable {
      case forward, backward
      /// The network after a layer, which is this share of the work of a forward pass.
      case resumed(layer: String?, share: Double)
    }
  }

  /// What a network decides the number of.
  public struct Unit: Hashable, Sendable {
    /// As it follows "for each".
    public let words: String

    public init(_ words: String) { self.words = words }

    public static let channel = Unit("channel of the layer")
    public static let window = Unit("window")
  }

  private init() {}

  private init(_ count: Int, _ kind: Pass.Kind, per unit: Unit? = nil) {
    if count > 0 { own[Pass(kind: kind, unit: unit)] = count }
  }
}

// MARK: - Making one

extension Cost {
  /// No pass at all.
  public static let zero = Cost()

  /// The walk back by the operators' own derivatives, which all methods of a session share.
  public static let shared = walk(under: "standard")

  /// A walk back under the rule of this name, shared by all methods of a session that use the rule.
  public static func walk(under rule: String) -> Cost {
    var cost = Cost()
    cost.sharedWalks = [rule]
    return cost
  }

  /// Forward passes on inputs of its own.
  public static func forward(_ count: Int = 1) -> Cost { Cost(count, .forward) }

  /// A forward pass for each of what the network decides the number of.
  public static func forward(per unit: Unit) -> Cost { Cost(1, .forward, per: unit) }

  /// Walks back of its own, from the outputs to the input.
  public static func backward(_ count: Int = 1) -> Cost { Cost(count, .backward) }

  /// A walk back for each of what the network decides the number of.
  public static func backward(per unit: Unit) -> Cost { Cost(1, .backward, per: unit) }

  /// Passes of the part of `model` that lies after `layer`.
  ///
  /// A model that is no ``WorkMeasuringModel`` does not tell how much that is: each counts as a whole pass.
  public static func resumed(_ count: Int = 1, after layer: Layer, of model: any ModelAdapter) -> Cost {
    let share = (model as? any WorkMeasuringModel)?.shareOfWork(after: layer) ?? 1
    return Cost(count, .resumed(layer: layer.name, share: min(max(share, 0), 1)))
  }

  /// A pass of the part of the network after a layer, for each of what the network decides the number of.
  public static func resumed(per unit: Unit) -> Cost { Cost(1, .resumed(layer: nil, share: 1), per: unit) }
}

// MARK: - Counting

extension Cost {
  /// The forward passes of its own, as far as they are known.
  public var forward: Int { count(of: .forward) }

  /// The walks back of its own, as far as they are known.
  public var backward: Int { count(of: .backward) }

  /// The passes of the network after a layer, as far as they are known.
  public var resumed: Int {
    own.reduce(0) { sum, pass in
      if case .resumed = pass.key.kind, pass.key.unit == nil { sum.addingWithSaturation(pass.value) } else { sum }
    }
  }

  /// Whether it takes no passes but those that the methods of a session share.
  public var isShared: Bool { own.isEmpty }

  /// Whether every pass is counted; what is not needs a network to be.
  public var isKnown: Bool { own.keys.allSatisfy { $0.unit == nil } }

  private func count(of kind: Pass.Kind) -> Int { own[Pass(kind: kind, unit: nil)] ?? 0 }

  /// An estimate of the time it takes, given that of one forward pass; `nil` where not every pass is counted.
  ///
  /// A walk back takes about as long as two forward passes, one for the derivatives and one for their products; a pass
  /// after a layer takes its share of the network's work. Shared walks are counted as if none had been made. Batches, and
  /// walks that end at a deep layer, take less.
  public func duration(forward pass: Duration) -> Duration? {
    guard isKnown else { return nil }
    let passes = own.reduce(2 * Double(sharedWalks.count)) { sum, pass in
      switch pass.key.kind {
      case .forward: sum + Double(pass.value)
      case .backward: sum + 2 * Double(pass.value)
      case .resumed(_, let share): sum + share * Double(pass.value)
      }
    }
    return pass * passes
  }
}

// MARK: - Arithmetic

extension Cost {
  /// What two methods of one session take together.
  public static func + (lhs: Cost, rhs: Cost) -> Cost {
    var sum = lhs
    sum.sharedWalks.formUnion(rhs.sharedWalks)
    sum.own.merge(rhs.own) { $0.addingWithSaturation($1) }
    return sum
  }

  public static func += (lhs: inout Cost, rhs: Cost) { lhs = lhs + rhs }

  /// What the passes of its own take, done so many times in one session; shared walks stay shared.
  public static func * (count: Int, cost: Cost) -> Cost {
    var product = cost
    product.own = count > 0 ? cost.own.mapValues { $0.multipliedWithSaturation(by: count) } : [:]
    return product
  }

  /// What a method takes in a session of its own on the same input: its walks back, which it shares with nobody there.
  var unshared: Cost {
    var own = self
    own.sharedWalks = []
    return own + .backward(sharedWalks.count)
  }

  /// What a method takes for so many other targets on the same run: each time its walks back and passes, which it shares with
  /// nobody there.
  public func retargeted(_ count: Int) -> Cost { count * unshared }

  /// What a method takes on so many inputs of its own: a forward pass for each of them, and each time its walks back and
  /// passes, which it shares with nobody there.
  public func repeated(onInputs count: Int) -> Cost { count * (unshared + .forward()) }
}

/// Expressions nest repetitions in each other, so that more passes can be asked for than anybody could count.
extension Int {
  fileprivate func addingWithSaturation(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  fileprivate func multipliedWithSaturation(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
