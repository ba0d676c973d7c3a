import AttributionKit
import Explaining

extension Workload {
  /// Says before the work begins how long it will take, where that is longer than people wait without being told.
  ///
  /// - Parameters:
  ///   - picture: the first one, by which the others are judged.
  ///   - methods: those that will explain each picture.
  /// - Throws: What the pass throws that is timed.
  func noteEstimate(_ picture: AnsweredPicture, by methods: [MethodExpression]) throws {
    let inquiries = try picture.inquiries(questions[0])
    guard let first = inquiries.first, let each = try first.estimatedDuration(of: methods) else { return }
    let (rows, pictures) = (inquiries.count, queue.pictures.count)
    let whole = each * Double(rows * pictures)
    guard whole > .longWait else { return }
    let passes = Comparison(of: methods).cost(on: explainer.model).description
    let times = [
      rows > 1 ? "for each of \(rows) targets" : nil, pictures > 1 ? "for each of \(pictures) images" : nil,
    ].compactMap { $0 }
    Console.note("this takes about \(Wording.roughly(whole)): \(([passes] + times).joined(separator: ", "))")
  }
}
