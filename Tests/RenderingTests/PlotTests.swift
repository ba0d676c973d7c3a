import Testing

import Rendering

@Suite struct PlotTests {
  @Test(
    arguments: [
      ([0.0, 1.0], [0, 0.5, 1]), ([0.31, 0.92], [0.2, 0.4, 0.6, 0.8, 1]), ([-3, 4], [-4, -2, 0, 2, 4]),
      ([120, 480], [100, 200, 300, 400, 500]),
    ] as [([Double], [Double])])
  func `an axis ends in round numbers and holds what it should`(numbers: [Double], ticks: [Double]) {
    let axis = Axis(holding: numbers)
    #expect(zip(axis.ticks, ticks).allSatisfy { abs($0 - $1) < 1e-9 } && axis.ticks.count == ticks.count)
    #expect(numbers.allSatisfy { axis.range.contains($0) })
    #expect(axis.place(axis.range.lowerBound, from: 10, to: 30) == 10)
    #expect(axis.place(axis.range.upperBound, from: 10, to: 30) == 30)
  }

  @Test(arguments: [[], [.nan], [2.5], [0, 0], [-1e-30, 1e-30], [1e30, 2e30]] as [[Double]])
  func `an axis of hardly anything is still one`(numbers: [Double]) {
    let axis = Axis(holding: numbers)
    #expect(axis.range.lowerBound < axis.range.upperBound)
    #expect((2...12).contains(axis.ticks.count), "\(axis.ticks)")
  }

  @Test func `a dot stands where its number is, its interval around it, nothing where there is none`() throws {
    let dots: [PlotSheet.Dot?] = [.init(0, interval: 0...0.5), nil, .init(1)]
    let sheet = PlotSheet(names: ["a", "b", "c"], plots: [.init(title: "t", .dots(dots))])
    var layout = PlotLayout(measure: try TextMeasure(), sheet: sheet)
    let marks = layout.figure().marks
    let discs = marks.compactMap { if case .disc(let point, _, _) = $0 { point } else { nil } }
    let strokes = marks.compactMap { if case .stroke(let points, _, _, _) = $0 { points } else { nil } }
    #expect(discs.count == 2 && strokes.count == 1)
    #expect(strokes[0][0] == discs[0] && abs(strokes[0][1].x - (discs[0].x + discs[1].x) / 2) < 1e-9)
    let words = marks.compactMap { if case .text(let line) = $0 { line.text } else { nil } }
    #expect(words.contains("undefined") && words.contains("t"))
  }
}
