import AttributionKit
public import Explaining
import Images
public import Tensors

/// A picture and a target whose maps are judged, with where the target's object is.
public struct JudgedCase: Sendable {
  public let inquiry: Inquiry
  /// `[height, width]` of the network's input, 1 inside and 0 outside; `nil` where no object of the target is marked.
  public let object: Tensor?
  /// What somebody marked and the network knows no class for, as they called it.
  public let unknown: [String]
}

extension AnsweredPicture {
  /// What is asked about a picture in which objects are marked.
  ///
  /// Without a question it is asked about the class of each marked object that the network knows; where there is none,
  /// about the prediction. Objects that were given no class belong to every target.
  ///
  /// - Parameters:
  ///   - question: what is asked; `nil` for the marked objects' classes.
  ///   - marked: the objects; `nil` where nobody marked any.
  /// - Returns: A case for each target.
  /// - Throws: ``ExplainingError`` for what the network does not answer, or a mask that does not fit the picture.
  package func cases(asking question: Question?, marked: [MarkedObject]?) throws(ExplainingError) -> [JudgedCase] {
    let known = (marked ?? []).map { (object: $0, inquiry: $0.names.isEmpty ? nil : try? inquiry(into: $0)) }
    let unknown = known.filter { !$0.object.names.isEmpty && $0.inquiry == nil }.map { $0.object.names[0] }
    var inquiries: [Inquiry] = []
    if let question {
      inquiries = try self.inquiries(question)
    } else {
      for inquiry in known.compactMap(\.inquiry) where !inquiries.contains(where: { $0.isAboutClass(of: inquiry) }) {
        inquiries.append(inquiry)
      }
      if inquiries.isEmpty { inquiries = try self.inquiries(Question()) }
    }
    return try inquiries.map { inquiry throws(ExplainingError) in
      let own = known.filter { $0.object.names.isEmpty || $0.inquiry?.isAboutClass(of: inquiry) == true }.map(\.object)
      return JudgedCase(inquiry: inquiry, object: own.isEmpty ? nil : try mask(of: own), unknown: unknown)
    }
  }

  /// The inquiry into an object's class, by the first of its names that the network knows.
  private func inquiry(into object: MarkedObject) throws -> Inquiry {
    var failure: (any Error)?
    for name in object.names {
      do { return try inquiries(Question([try TargetExpression(name)]))[0] } catch { failure = failure ?? error }
    }
    throw failure ?? ExplainingError(.data, "the object has no name")
  }

  /// The pixels of the network's input that lie in one of some objects by half or more.
  private func mask(of objects: [MarkedObject]) throws(ExplainingError) -> Tensor? {
    guard let grid = explainer.grid else { return nil }
    let frame = try subject.frame, (width, height) = (frame.originalWidth, frame.originalHeight)
    var mask = [Float](repeating: 0, count: width * height)
    for object in objects {
      for (pixel, isInside) in try object.pixels(width: width, height: height, of: subject.name).enumerated()
      where isInside { mask[pixel] = 1 }
    }
    let covered = frame.coverage(of: mask, height: grid.height, width: grid.width)
    return Tensor(covered.map { $0 >= 0.5 ? 1 : 0 }, shape: [grid.height, grid.width])
  }
}

extension Inquiry {
  fileprivate func isAboutClass(of other: Inquiry) -> Bool {
    target.choice != nil && target.choice == other.target.choice && target.contrast == other.target.contrast
  }
}
