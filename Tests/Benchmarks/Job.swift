/// Something people wait for, by the name the table gives it.
struct Job {
  enum Kind {
    /// Predicting.
    case forward
    /// Predicting, with what pullbacks need kept.
    case keeping
    /// Forward and back through the engine alone.
    case gradient
    /// A list of methods in one session.
    case explanation(String)
  }
  let name: String
  let kind: Kind
  let images: Int

  /// A job from its name: `forward`, `forward x8`, `keep`, `gradient x8`, `compare`, or any method expression.
  init(_ name: String) {
    self.name = name
    let parts = name.split(separator: " x", maxSplits: 1)
    images = parts.count == 2 ? Int(parts[1]) ?? 1 : 1
    switch parts.first {
    case "forward": kind = .forward
    case "keep": kind = .keeping
    case "gradient" where parts.count == 2: kind = .gradient
    case "compare": kind = .explanation(Self.nine)
    default: kind = .explanation(name)
    }
  }

  /// The methods that share one forward pass and three walks back.
  private static let nine = """
    gradient,input-x-gradient,deconvnet,guided-backprop,cam,grad-cam,grad-cam++,guided-grad-cam,random
    """

  /// What is measured where nobody asks for anything else: all that takes less than a second.
  static let usual = [
    "forward", "keep", "grad-cam", "gradient", "guided-backprop", "compare", "forward x8", "gradient x8",
  ]
}
