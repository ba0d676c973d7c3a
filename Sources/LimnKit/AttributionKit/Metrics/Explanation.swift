public import Tensors

/// What a metric judges: an attribution, with the method that made it and the session that it was made in.
public struct Explanation: Sendable {
  /// What made the attribution, to be run again on other inputs, for other targets or on other networks.
  public let method: any AttributionMethod
  /// The network, run on the input and asked about the target.
  public let session: ExplanationSession
  public let attribution: Attribution
  /// Where the object is that the target is about: `[height, width]` of the input's pixels, 1 inside and 0 outside; `nil`
  /// where nobody marked one.
  public let object: Tensor?
  /// Other images of those that are judged together, for metrics that ask for them; none where it is judged alone.
  public var peers: [PeerImage] = []

  /// An attribution that is at hand.
  ///
  /// - Throws: ``AttributionError/wrongShape(_:for:)`` where the object's mask is not of the input's height and width,
  ///   ``AttributionError/notAnImage(_:)`` where there is one of an input that is no image.
  public init(
    _ attribution: Attribution, by method: any AttributionMethod, in session: ExplanationSession, object: Tensor? = nil
  ) throws {
    if let object {
      let grid = try session.grid
      guard object.shape == [grid.height, grid.width] else {
        throw AttributionError.wrongShape(object.shape, for: session.inputLayer)
      }
    }
    (self.method, self.session, self.attribution, self.object) = (method, session, attribution, object)
  }

  /// What the method makes of a session.
  ///
  /// - Throws: Whatever the method throws, and what ``init(_:by:in:object:)`` does.
  public init(by method: any AttributionMethod, in session: ExplanationSession, object: Tensor? = nil) throws {
    try self.init(try method.attribution(in: session), by: method, in: session, object: object)
  }

  /// What people should know about a baseline, if anything, each in a clause without capital or full stop.
  public func remarks(on baseline: Baseline) -> [String] { session.facts(on: baseline).remarks }

  /// The same method on the same network, of another input in place of the one attributed to; the class stays.
  ///
  /// - Throws: Whatever the model or the method throws.
  public func repeated(on input: Tensor) throws -> Explanation {
    try Explanation(by: method, in: session.repeated(on: input), object: object)
  }

  /// The same method on the same run, for another target.
  ///
  /// - Throws: Whatever the target or the method throws.
  public func retargeted(to target: any Target) throws -> Explanation {
    try Explanation(by: method, in: session.retargeted(to: target), object: object)
  }

  /// The same method on the same run, for the class `index` in place of the one explained.
  ///
  /// - Throws: ``AttributionError/notAboutAClass``, ``AttributionError/noSuchClass(_:count:)``; whatever the method throws.
  public func retargeted(toClass index: Int) throws -> Explanation {
    try Explanation(by: method, in: session.retargeted(toClass: index), object: object)
  }
}
