import AttributionKit
public import Evaluating
public import Explaining
public import Rendering

extension PlotSheet {
  /// What came of an evaluation: for each metric the methods' means with their intervals, and where numbers are made from
  /// functions, the means of these.
  public init(_ evaluation: Evaluation, about explainer: Explainer) {
    let methods = evaluation.methods.indices
    var plots: [Plot] = []
    for (index, metric) in evaluation.metrics.enumerated() {
      let better = "\(metric.descriptor.direction.rawValue) is better"
      let dots = evaluation.standings(by: index).map { standing in
        standing.mean.map { Dot($0, interval: standing.interval) }
      }
      plots.append(Plot(title: metric.title, caption: better, .dots(dots)))
      let curves = methods.map { evaluation.curves(of: $0, by: index) }
      // A metric of several functions has a plot for each.
      for (place, first) in (curves.first { !$0.isEmpty } ?? []).enumerated() {
        let points = curves.map { curves in
          curves.indices.contains(place)
            ? zip(curves[place].x, curves[place].y).map { Point(Double($0), Double($1)) } : []
        }
        plots.append(
          Plot(
            title: first.name == metric.descriptor.identifier ? metric.title : "\(metric.title): \(first.name)",
            caption: "the mean curve of each method",
            .curves(points, x: first.places, y: first.values)))
      }
    }
    let seen = evaluation.photographs == 1 ? "one photograph" : "\(evaluation.photographs) photographs"
    self.init(
      title: explainer.origin.title,
      subtitle: "\(seen), \(evaluation.targets) targets; dots are means, bars hold them with a probability of 95 %",
      names: evaluation.methods.map(\.title), plots: plots, footer: ["limn \(Release.version)"])
  }
}
