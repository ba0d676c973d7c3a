import AttributionKit
import Testing

/// Parameters that stand behind a method without their names.
@Suite struct WordExpressionTests {
  func read(_ text: String) throws -> MethodExpression { try MethodExpression(parsing: text, among: toyMethods) }

  @Test(arguments: [
    ("contrast(slope, 3)", "contrast(slope, class=3)"), ("contrast(slope)", "contrast(slope)"),
    ("contrast(slope, class=3)", "contrast(slope, class=3)"),
    ("contrast(slope, strongest)", "contrast(slope)"),
    ("within(slope, 1, 2, 30, 40)", "within(slope, left=1, top=2, right=30, bottom=40)"),
    ("within(slope, 25%, 0%, 75%)", "within(slope, left=25%, right=75%)"),
    ("within(slope, 1, bottom=4)", "within(slope, left=1, bottom=4)"),
    ("smooth(slope, statistic=variance)", "smooth(slope, statistic=variance)"),
    ("difference(slope, weighing)", "difference(slope, weighing)"),
    ("frequency(eigen(flip(slope)), cutoff=8)", "frequency(eigen(flip(slope)), cutoff=8.0)"),
  ]) func `they are read by their place and written with their names`(text: String, identifier: String) throws {
    let expression = try read(text)
    #expect(expression.identifier == identifier)
    #expect(try read(identifier).identifier == identifier)
    #expect("\(try read(identifier).method)" == "\(expression.method)")
  }

  @Test func `titles say what was made of what`() throws {
    #expect(try read("difference(slope, weighing)").title == "Slope − Weighing")
    #expect(try read("contrast(slope, 3)").title == "Slope in contrast (class=3)")
    #expect(try read("consensus(slope, weighing)").title == "Consensus of Slope and Weighing")
  }

  @Test(
    arguments: [
      ("within(slope, 1, 2, 3, 4, 5)", "this is one too many"),
      ("contrast(slope, 3, class=4)", "'class' is given twice"),
      ("contrast(slope, -3)", "'-3' is not a value of class in contrast"),
      ("within(slope, 120%)", "'120%' is not a value of left in within"), ("difference(slope)", "takes two methods"),
      ("difference(slope, slope, slope)", "takes two methods"), ("contrast(3, slope)", "there is no method '3'"),
    ] as [(String, String)]) func `mistakes are told`(text: String, reason: String)
  {
    #expect {
      try read(text)
    } throws: {
      "\($0)".contains(reason)
    }
  }
}
